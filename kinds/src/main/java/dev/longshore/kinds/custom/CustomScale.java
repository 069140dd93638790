package dev.longshore.kinds.custom;

import dev.longshore.model.Cause;
import dev.longshore.model.GoText;
import dev.longshore.model.Resource;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Where a custom kind has its numbers of replicas and its selector, as its definition spells the paths; whether what
/// stands there can be a Scale's.
record CustomScale(String specReplicas, String statusReplicas, String selector) {

    void check(Resource object, List<Cause> causes) {
        number(object, specReplicas, causes);
        checkStatus(object, causes);
    }

    void checkStatus(Resource object, List<Cause> causes) {
        number(object, statusReplicas, causes);
        JsonNode text = at(object, selector);
        if (!selector.isEmpty() && !text.isMissingNode() && !text.isString()) {
            causes.add(Cause.invalid(selector, "\"\"", wrong(selector, text, "string")));
        }
    }

    private static void number(Resource object, String path, List<Cause> causes) {
        JsonNode value = at(object, path);
        if (value.isMissingNode()) {
            return;
        }
        if (!value.isIntegralNumber()) {
            causes.add(Cause.invalid(path, "0", wrong(path, value, "int64")));
        } else if (value.asLong() < 0) {
            causes.add(Cause.invalid(path, value.toString(), "should be a non-negative integer"));
        } else if (value.asLong() > Integer.MAX_VALUE) {
            causes.add(Cause.invalid(path, value.toString(), "should be less than or equal to " + Integer.MAX_VALUE));
        }
    }

    private static String wrong(String path, JsonNode value, String wanted) {
        return "%s accessor error: %s is of the type %s, expected %s"
                .formatted(path, GoText.of(value), GoText.typeOf(value), wanted);
    }

    private static JsonNode at(Resource object, String path) {
        return path.isEmpty()
                ? object.at("")
                : object.at(path.replaceFirst("^\\.", "").split("\\."));
    }
}
