package dev.longshore.builder.checks;

import dev.longshore.builder.dockerfile.Line;
import java.util.List;
import java.util.Locale;

/// A `FROM` of mixed case is [ConsistentInstructionCasing]'s.
final class FromAsCasing implements Check {

    @Override
    public void line(Line line, Findings findings) {
        List<String> words = line.fields();
        if (!line.keyword().equals("FROM") || words.size() < 2) {
            return;
        }
        String from = line.spelling();
        String as = words.get(1);
        boolean isLower = from.equals(from.toLowerCase(Locale.ROOT));
        boolean isUpper = from.equals(from.toUpperCase(Locale.ROOT));
        boolean fits =
                !isLower && !isUpper || as.equals(isLower ? as.toLowerCase(Locale.ROOT) : as.toUpperCase(Locale.ROOT));
        if (!fits) {
            findings.add(Rule.FROM_AS_CASING, line, "'" + as + "' and '" + from + "' keywords' casing do not match");
        }
    }
}
