package dev.longshore.kinds.cel;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// How a field is called in expressions, where not every letter can stand in a name.
final class FieldName {

    private static final Pattern PLAIN = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");
    private static final Pattern ESCAPABLE = Pattern.compile("[a-zA-Z0-9_./-]+");
    private static final Set<String> RESERVED = Set.of(
            "true",
            "false",
            "null",
            "in",
            "as",
            "break",
            "const",
            "continue",
            "else",
            "for",
            "function",
            "if",
            "import",
            "let",
            "loop",
            "package",
            "namespace",
            "return");

    private FieldName() {}

    /// Empty if there is no way to call it.
    static Optional<String> escaped(String name) {
        if (RESERVED.contains(name)) {
            return Optional.of("__" + name + "__");
        }
        if (!ESCAPABLE.matcher(name).matches() || Character.isDigit(name.charAt(0))) {
            return Optional.empty();
        }
        String escaped = name.replace("__", "__underscores__")
                .replace(".", "__dot__")
                .replace("-", "__dash__")
                .replace("/", "__slash__");
        return PLAIN.matcher(escaped).matches() ? Optional.of(escaped) : Optional.empty();
    }
}
