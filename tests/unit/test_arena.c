/* core/arena.c: zeroed memory that is wiped and freed, alone or together. Leaks are valgrind's and
 * the sanitizers' to find. */
#include "arena.h"

#include "check.h"

static struct arena arena;

const char *__asan_default_options(void);

/* AddressSanitizer, where it is, returns NULL for what cannot be had, as malloc() does. */
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

static int clear(void **state)
{
    (void)state;
    arena_clear(&arena);
    return arena.first == NULL ? 0 : -1;
}

static void assert_all(const unsigned char *bytes, size_t size, unsigned char value)
{
    for (size_t i = 0; i < size; i++)
        assert_int_equal(bytes[i], value);
}

static void memory_is_zeroed_and_aligned(void **state)
{
    (void)state;
    for (size_t size = 1; size < 100; size++) {
        unsigned char *const memory = arena_alloc(&arena, size);

        assert_non_null(memory);
        assert_int_equal((uintptr_t)memory % _Alignof(max_align_t), 0);
        assert_all(memory, size, 0);
        memset(memory, 0xff, size);
    }
}

static void sizes_that_give_nothing(void **state)
{
    static const size_t sizes[] = {0, SIZE_MAX, SIZE_MAX - 1, SIZE_MAX - 16, SIZE_MAX / 4};

    (void)state;
    for (size_t i = 0; i < COUNT(sizes); i++)
        assert_null(arena_alloc(&arena, sizes[i]));
    assert_null(arena.first);
}

/* Blocks go in any order, and the others stay. */
static void free_in_any_order(void **state)
{
    static const size_t orders[][4] = {{0, 1, 2, 3}, {3, 2, 1, 0}, {1, 3, 0, 2}, {2, 0, 3, 1}};

    (void)state;
    for (size_t o = 0; o < COUNT(orders); o++) {
        unsigned char *blocks[4];

        for (size_t i = 0; i < 4; i++) {
            blocks[i] = arena_alloc(&arena, 32);
            assert_non_null(blocks[i]);
            memset(blocks[i], (int)i + 1, 32);
        }
        for (size_t i = 0; i < 4; i++) {
            arena_free(&arena, blocks[orders[o][i]]);
            for (size_t j = i + 1; j < 4; j++)
                assert_all(blocks[orders[o][j]], 32, (unsigned char)(orders[o][j] + 1));
        }
        assert_null(arena.first);
    }
    arena_free(&arena, NULL);
}

static void growing_and_shrinking(void **state)
{
    unsigned char *memory = arena_realloc(&arena, NULL, 8);

    (void)state;
    assert_non_null(memory);
    memset(memory, 7, 8);
    memory = arena_realloc(&arena, memory, 24);
    assert_non_null(memory);
    assert_all(memory, 8, 7);
    assert_all(memory + 8, 16, 0);
    memset(memory, 9, 24);
    memory = arena_realloc(&arena, memory, 4);
    assert_non_null(memory);
    assert_all(memory, 4, 9);
}

/* What cannot be had leaves the old block as it was. */
static void a_failed_realloc_keeps_the_block(void **state)
{
    unsigned char *const memory = arena_alloc(&arena, 16);

    (void)state;
    assert_non_null(memory);
    memset(memory, 5, 16);
    assert_null(arena_realloc(&arena, memory, SIZE_MAX / 4));
    assert_null(arena_realloc(&arena, memory, 0));
    assert_all(memory, 16, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(memory_is_zeroed_and_aligned, clear),
        cmocka_unit_test_teardown(sizes_that_give_nothing, clear),
        cmocka_unit_test_teardown(free_in_any_order, clear),
        cmocka_unit_test_teardown(growing_and_shrinking, clear),
        cmocka_unit_test_teardown(a_failed_realloc_keeps_the_block, clear),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
