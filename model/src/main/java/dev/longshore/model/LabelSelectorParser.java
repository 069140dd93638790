package dev.longshore.model;

import dev.longshore.model.LabelSelector.Operator;
import dev.longshore.model.LabelSelector.Requirement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Reads label selectors as queries have them, and says of unreadable ones what kube-apiserver says.
///
/// ```
/// selector    = [ requirement { "," requirement } ]
/// requirement = [ "!" ] KEY | KEY ( "=" | "==" | "!=" | ">" | "<" ) [ VALUE ] | KEY ( "in" | "notin" ) "(" values ")"
/// values      = [ VALUE ] { "," [ VALUE ] }
/// ```
final class LabelSelectorParser {

    private static final String SPECIAL = "=!(),><";
    private static final String SPACE = " \t\r\n";
    private static final Set<String> SIGNS = Set.of(")", ",", "!", "==", "=", ">", "<", "!=", "(");
    private static final String OPERATORS = "in, notin, =, ==, !=, gt, lt";
    private static final Pattern INTEGER = Pattern.compile("[+-]?\\d{1,19}");
    private static final Token END = new Token(Kind.END, "");

    private final List<Token> tokens;
    private int at;

    private LabelSelectorParser(List<Token> tokens) {
        this.tokens = tokens;
    }

    private enum Kind {
        WORD,
        SIGN,
        END
    }

    private record Token(Kind kind, String text) {
        boolean is(String sign) {
            return kind == Kind.SIGN && text.equals(sign);
        }

        boolean endsRequirement() {
            return kind == Kind.END || is(",");
        }
    }

    /// @throws FaultException with [Fault.BadRequest]
    static List<Requirement> parse(String text) {
        return new LabelSelectorParser(tokens(text)).requirements();
    }

    private List<Requirement> requirements() {
        var requirements = new ArrayList<Requirement>();
        while (true) {
            Token first = peek();
            if (first.kind == Kind.END) {
                break;
            }
            if (first.kind != Kind.WORD && !first.is("!")) {
                throw refuse(found(first) + ", expected: !, identifier, or 'end of string'");
            }
            requirements.add(requirement());
            Token next = take();
            if (next.kind == Kind.END) {
                break;
            }
            if (!next.is(",")) {
                throw refuse(found(next) + ", expected: ',' or 'end of string'");
            }
            if (peek().kind != Kind.WORD && !peek().is("!")) {
                throw refuse(found(peek()) + ", expected: identifier after ','");
            }
        }
        requirements.sort(Comparator.comparing(Requirement::key));
        return requirements;
    }

    private Requirement requirement() {
        boolean isMissing = peek().is("!");
        if (isMissing) {
            take();
        }
        Token key = take();
        if (key.kind != Kind.WORD) {
            throw unreadable(found(key) + ", expected: identifier");
        }
        List<String> faults = MetadataRules.qualifiedName(key.text);
        if (!faults.isEmpty()) {
            throw unreadable("<nil>: Invalid value: \"" + key.text + "\": " + String.join("; ", faults));
        }
        if (isMissing) {
            return new Requirement(key.text, Operator.MISSING, Set.of());
        }
        if (peek().endsRequirement()) {
            return new Requirement(key.text, Operator.EXISTS, Set.of());
        }
        Token sign = take();
        Operator operator = operator(sign);
        boolean isSet = sign.kind == Kind.WORD;
        return checked(key.text, operator, isSet ? values() : Set.of(value()));
    }

    private static Operator operator(Token sign) {
        return switch (sign.text) {
            case "in" -> Operator.IN;
            case "notin", "!=" -> Operator.NOT_IN;
            case "=", "==" -> Operator.IN;
            case ">" -> Operator.GREATER;
            case "<" -> Operator.LESS;
            default -> throw unreadable(found(sign) + ", expected: " + OPERATORS);
        };
    }

    private String value() {
        if (peek().endsRequirement()) {
            return "";
        }
        Token value = take();
        if (value.kind != Kind.WORD) {
            throw unreadable(found(value) + ", expected: identifier");
        }
        return value.text;
    }

    /// An empty place between commas means the empty value.
    private Set<String> values() {
        Token open = take();
        if (!open.is("(")) {
            throw unreadable(found(open) + " expected: '('");
        }
        Token first = peek();
        if (first.kind != Kind.WORD && !first.is(",") && !first.is(")")) {
            throw unreadable(found(first) + ", expected: ',', ')' or identifier");
        }
        var values = new TreeSet<String>();
        boolean wantsValue = true;
        while (true) {
            Token next = take();
            if (next.kind == Kind.WORD) {
                values.add(next.text);
                wantsValue = false;
                if (!peek().is(",") && !peek().is(")")) {
                    throw unreadable(found(peek()) + ", expected: ',' or ')'");
                }
            } else if (next.is(",") || next.is(")")) {
                if (wantsValue) {
                    values.add("");
                }
                wantsValue = true;
                if (next.is(")")) {
                    return values;
                }
            } else {
                throw unreadable(found(next) + ", expected: ',', or identifier");
            }
        }
    }

    private static Requirement checked(String key, Operator operator, Set<String> values) {
        var faults = new ArrayList<String>();
        int index = 0;
        boolean isOrder = operator == Operator.GREATER || operator == Operator.LESS;
        for (String value : values) {
            String shown = "Invalid value: \"" + value + "\": ";
            if (isOrder && !INTEGER.matcher(value).matches()) {
                faults.add(
                        "values[" + index + "]: " + shown + "for 'Gt', 'Lt' operators, the value must be an integer");
            }
            List<String> wrong = MetadataRules.labelValue(value);
            if (!wrong.isEmpty()) {
                faults.add("values[" + index + "][" + key + "]: " + shown + String.join("; ", wrong));
            }
            index++;
        }
        if (!faults.isEmpty()) {
            throw unreadable(
                    faults.size() == 1
                            ? faults.getFirst()
                            : faults.stream().collect(Collectors.joining(", ", "[", "]")));
        }
        return new Requirement(key, operator, Set.copyOf(values));
    }

    private Token peek() {
        return tokens.get(Math.min(at, tokens.size() - 1));
    }

    private Token take() {
        Token token = peek();
        at++;
        return token;
    }

    private static String found(Token token) {
        return "found '" + token.text + "'";
    }

    private static FaultException unreadable(String why) {
        return refuse("unable to parse requirement: " + why);
    }

    private static FaultException refuse(String why) {
        return new FaultException(new Fault.BadRequest(why));
    }

    private static List<Token> tokens(String text) {
        var tokens = new ArrayList<Token>();
        int at = 0;
        while (at < text.length()) {
            char first = text.charAt(at);
            if (SPACE.indexOf(first) >= 0) {
                at++;
                continue;
            }
            int end = SPECIAL.indexOf(first) >= 0 ? signEnd(text, at) : wordEnd(text, at);
            String token = text.substring(at, end);
            tokens.add(SPECIAL.indexOf(first) < 0 ? new Token(Kind.WORD, token) : new Token(Kind.SIGN, token));
            at = end;
        }
        tokens.add(END);
        return tokens;
    }

    private static int wordEnd(String text, int from) {
        int end = from;
        while (end < text.length() && SPECIAL.indexOf(text.charAt(end)) < 0 && SPACE.indexOf(text.charAt(end)) < 0) {
            end++;
        }
        return end;
    }

    /// The longest sign that begins here.
    private static int signEnd(String text, int from) {
        boolean isTwo = from + 2 <= text.length() && SIGNS.contains(text.substring(from, from + 2));
        return isTwo ? from + 2 : from + 1;
    }
}
