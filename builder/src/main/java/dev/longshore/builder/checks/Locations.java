package dev.longshore.builder.checks;

import tools.jackson.databind.node.ObjectNode;

/// Ranges of lines in JSON, as BuildKit writes them: what is zero is left out.
final class Locations {

    private Locations() {}

    static void put(ObjectNode node, String field, int first, int last) {
        ObjectNode location = node.putObject(field);
        if (first > 0) {
            ObjectNode range = location.putArray("ranges").addObject();
            range.putObject("start").put("line", first);
            range.putObject("end").put("line", Math.max(first, last));
        }
    }
}
