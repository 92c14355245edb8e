#include "report.h"

#include "cleanup.h"
#include "log.h"

enum { LINE_SIZE = 4096 };

static void print_one(FILE *out, const struct finding *finding)
{
    char text[LINE_SIZE];

    log_sanitize(text, sizeof text, finding->text);
    (void)fprintf(out, "%-8s %s: %s\n", findings_kind_text(finding->kind), finding->about, text);
    if (finding->remedy == NULL)
        return;
    log_sanitize(text, sizeof text, finding->remedy);
    (void)fprintf(out, "%-8s to do: %s\n", "", text);
}

void report_print(FILE *out, const struct findings *findings)
{
    for (const struct finding *at = findings->first; at != NULL; at = at->next)
        print_one(out, at);
}

static json_t *one_json(const struct finding *finding)
{
    char text[LINE_SIZE];
    char remedy[LINE_SIZE];

    log_sanitize(text, sizeof text, finding->text);
    log_sanitize(remedy, sizeof remedy, finding->remedy != NULL ? finding->remedy : "");
    return json_pack("{s:s, s:s, s:s, s:s?}", "kind", findings_kind_text(finding->kind), "about",
                     finding->about, "text", text, "remedy",
                     finding->remedy != NULL ? remedy : NULL);
}

json_t *report_json(const struct findings *findings)
{
    json_t *const array = json_array();

    for (const struct finding *at = findings->first; at != NULL; at = at->next)
        if (json_array_append_new(array, one_json(at)) != 0) {
            json_decref(array);
            return NULL;
        }
    return array;
}
