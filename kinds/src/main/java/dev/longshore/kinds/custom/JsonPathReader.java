package dev.longshore.kinds.custom;

import dev.longshore.kinds.custom.JsonPath.Malformed;
import dev.longshore.kinds.custom.JsonPath.Operand;
import dev.longshore.kinds.custom.JsonPath.Step;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads a [JsonPath]. Not thread-safe.
final class JsonPathReader {

    private static final Pattern SLICE = Pattern.compile("(-?\\d+)?(?::(-?\\d+)?)?(?::(\\d+)?)?");
    private static final Pattern QUOTED = Pattern.compile("'([^']*)'|\"([^\"]*)\"");
    private static final Pattern COMPARISON = Pattern.compile("([^!<>=]+)([!<>=]=?)(.+)", Pattern.DOTALL);
    private static final Pattern NUMBER = Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)");
    private static final String FIELD_ENDS = ".[] \t";

    private final String text;
    private int at;

    JsonPathReader(String text) {
        this.text = text;
    }

    JsonPath path() throws Malformed {
        var steps = new ArrayList<Step>();
        while (at < text.length()) {
            char next = text.charAt(at);
            if (next == '.' && text.startsWith("..", at)) {
                at += 2;
                steps.add(new JsonPath.Descend());
                if (at < text.length() && text.charAt(at) != '[') {
                    steps.add(field());
                }
            } else if (next == '.') {
                at++;
                // A bare dot is the whole.
                if (at < text.length() && text.charAt(at) != '[') {
                    steps.add(field());
                }
            } else if (next == '[') {
                steps.add(brackets());
            } else if ((next == '$' || next == '@') && at == 0) {
                at++;
            } else if (at == 0) {
                steps.add(field());
            } else {
                throw new Malformed("unexpected " + next + " in " + text);
            }
        }
        return new JsonPath(steps);
    }

    private Step field() throws Malformed {
        var name = new StringBuilder();
        while (at < text.length() && FIELD_ENDS.indexOf(text.charAt(at)) < 0) {
            if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                at++;
            }
            name.append(text.charAt(at++));
        }
        if (name.isEmpty()) {
            throw new Malformed("a name was expected at " + at + " in " + text);
        }
        return name.toString().equals("*") ? new JsonPath.Any() : new JsonPath.Field(name.toString());
    }

    private Step brackets() throws Malformed {
        int open = ++at;
        int depth = 1;
        char quote = 0;
        while (at < text.length() && depth > 0) {
            char next = text.charAt(at++);
            if (quote != 0) {
                quote = next == quote ? 0 : quote;
            } else if (next == '\'' || next == '"') {
                quote = next;
            } else if (next == '[' || next == ']') {
                depth += next == '[' ? 1 : -1;
            }
        }
        if (depth > 0) {
            throw new Malformed("unterminated array in " + text);
        }
        return inside(text.substring(open, at - 1).strip());
    }

    private Step inside(String content) throws Malformed {
        if (content.equals("*")) {
            return new JsonPath.Any();
        }
        if (content.startsWith("?(") && content.endsWith(")")) {
            return filter(content.substring(2, content.length() - 1).strip());
        }
        var parts = new ArrayList<Step>();
        for (String part : split(content)) {
            parts.add(part(part.strip()));
        }
        return parts.size() == 1 ? parts.getFirst() : new JsonPath.Union(parts);
    }

    private static List<String> split(String content) {
        var parts = new ArrayList<String>();
        var part = new StringBuilder();
        char quote = 0;
        for (char next : content.toCharArray()) {
            if (quote != 0) {
                quote = next == quote ? 0 : quote;
            } else if (next == '\'' || next == '"') {
                quote = next;
            }
            if (next == ',' && quote == 0) {
                parts.add(part.toString());
                part.setLength(0);
            } else {
                part.append(next);
            }
        }
        parts.add(part.toString());
        return parts;
    }

    private Step part(String part) throws Malformed {
        Matcher quoted = QUOTED.matcher(part);
        if (quoted.matches()) {
            return new JsonPath.Field(quoted.group(1) == null ? quoted.group(2) : quoted.group(1));
        }
        Matcher slice = SLICE.matcher(part);
        if (part.isEmpty() || !slice.matches()) {
            throw new Malformed("invalid array index " + part);
        }
        try {
            if (!part.contains(":")) {
                return new JsonPath.Place(Integer.parseInt(part));
            }
            int start = slice.group(1) == null ? 0 : Integer.parseInt(slice.group(1));
            Optional<Integer> end = Optional.ofNullable(slice.group(2)).map(Integer::valueOf);
            int stride = slice.group(3) == null ? 1 : Integer.parseInt(slice.group(3));
            if (stride < 1) {
                throw new Malformed("step must be > 0");
            }
            return new JsonPath.Slice(start, end, stride);
        } catch (NumberFormatException tooLarge) {
            throw new Malformed("invalid array index " + part);
        }
    }

    private Step filter(String condition) throws Malformed {
        Matcher comparison = COMPARISON.matcher(condition);
        if (!comparison.matches()) {
            return new JsonPath.Filter(operand(condition), "", operand(condition));
        }
        String operator = comparison.group(2);
        if (operator.equals("=") || operator.equals("!")) {
            throw new Malformed("unrecognized filter operator " + operator);
        }
        return new JsonPath.Filter(
                operand(comparison.group(1).strip()),
                operator,
                operand(comparison.group(3).strip()));
    }

    private static Operand operand(String text) throws Malformed {
        Matcher quoted = QUOTED.matcher(text);
        if (quoted.matches()) {
            return Operand.Literal.text(quoted.group(1) == null ? quoted.group(2) : quoted.group(1));
        }
        if (NUMBER.matcher(text).matches()) {
            return Operand.Literal.number(new BigDecimal(text));
        }
        if (text.equals("true") || text.equals("false")) {
            return Operand.Literal.flag(text.equals("true"));
        }
        return new Operand.Found(new JsonPathReader(text).path());
    }
}
