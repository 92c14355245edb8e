/* For cppcheck alone: loops of jansson, which it does not read. */
#define json_object_foreach(object, key, value)                                                    \
    for ((key) = "", (value) = json_object_get(object, key); (value) != NULL;)
#define json_array_foreach(array, index, value)                                                    \
    for ((index) = 0; ((value) = json_array_get(array, index)) != NULL; (index)++)
