package dev.longshore.kinds.admission;

import dev.longshore.model.MetadataRules;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Labels as people write them on one line: `zone=a,disk=ssd`.
final class NodeSelectorText {

    private static final Pattern COMMA = Pattern.compile(",");
    private static final Pattern EQUALS = Pattern.compile("=");

    private NodeSelectorText() {}

    /// @throws IllegalArgumentException if it is none, with what is wrong in Kubernetes' words
    static Map<String, String> read(String text) {
        var labels = new TreeMap<String, String>();
        if (text.isEmpty()) {
            return labels;
        }
        for (String label : COMMA.split(text, -1)) {
            String[] parts = EQUALS.split(label, -1);
            if (parts.length != 2) {
                throw new IllegalArgumentException("invalid selector: [" + String.join(" ", parts) + "]");
            }
            String key = parts[0].strip();
            String value = parts[1].strip();
            refuse("<nil>: Invalid value: \"" + key + "\": ", MetadataRules.qualifiedName(key));
            refuse("<nil>[" + key + "]: Invalid value: \"" + value + "\": ", MetadataRules.labelValue(value));
            labels.put(key, value);
        }
        return labels;
    }

    private static void refuse(String what, List<String> why) {
        if (!why.isEmpty()) {
            throw new IllegalArgumentException(what + String.join("; ", why));
        }
    }
}
