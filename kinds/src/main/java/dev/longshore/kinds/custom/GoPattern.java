package dev.longshore.kinds.custom;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/// Whether a text is a regular expression to Go (RE2 with Perl's flags), and in Go's words why not. Java knows more,
/// as looking ahead and referring back, and says it differently.
///
/// The text is read once, from the left, as `regexp/syntax` does: what counts is which complaint comes first. Of what
/// was read only so much is kept as later complaints need: whether there is something to repeat, and how often it is
/// repeated already.
final class GoPattern {

    private static final int MOST_REPEATS = 1000;
    private static final int MOST_NESTING = 1000;
    private static final int TOO_LARGE = 100_000_000;

    private final String text;
    private final GoPatternText reader;
    private final Deque<Integer> groups = new ArrayDeque<>();
    private boolean hasOperand;
    /// How often at most something is repeated in the last operand, and in the group that is open.
    private int repeats = 1;
    private int mostRepeats = 1;

    private GoPattern(String text) {
        this.text = text;
        this.reader = new GoPatternText(text);
    }

    /// Why `text` is none; empty if it is one.
    static Optional<String> fault(String text) {
        try {
            new GoPattern(text).read();
            return Optional.empty();
        } catch (GoPatternText.Malformed malformed) {
            return Optional.of(malformed.getMessage());
        }
    }

    private void read() {
        int lastRepeat = -1;
        while (!reader.isAtEnd()) {
            int start = reader.at();
            boolean isRepeat = false;
            switch (reader.peek()) {
                case '(' -> open();
                case '|' -> {
                    reader.skip(1);
                    hasOperand = false;
                }
                case ')' -> close();
                case '[' -> {
                    reader.characterClass();
                    operand(1);
                }
                case '*', '+', '?' -> {
                    reader.skip(1);
                    repeat(start, lastRepeat, 0);
                    isRepeat = true;
                }
                case '{' -> isRepeat = counted(start, lastRepeat);
                case '\\' -> escaped();
                default -> {
                    reader.next();
                    operand(1);
                }
            }
            lastRepeat = isRepeat ? start : -1;
        }
        if (!groups.isEmpty()) {
            throw new GoPatternText.Malformed("missing closing )", text);
        }
    }

    private void operand(int times) {
        hasOperand = true;
        repeats = times;
        mostRepeats = Math.max(mostRepeats, times);
    }

    private void open() {
        boolean isGroup = true;
        if (reader.startsWith("(?")) {
            isGroup = reader.perlGroup();
        } else {
            reader.skip(1);
        }
        if (isGroup) {
            groups.push(mostRepeats);
            if (groups.size() > MOST_NESTING) {
                throw new GoPatternText.Malformed("expression nests too deeply", text);
            }
            mostRepeats = 1;
            hasOperand = false;
        }
    }

    private void close() {
        if (groups.isEmpty()) {
            throw new GoPatternText.Malformed("unexpected )", text);
        }
        reader.skip(1);
        int inside = mostRepeats;
        mostRepeats = groups.pop();
        operand(inside);
    }

    /// `{2}`, `{2,}` or `{2,3}`; what only begins like one is text.
    private boolean counted(int start, int lastRepeat) {
        int end = text.indexOf('}', start);
        String[] parts =
                end < 0 ? new String[0] : text.substring(start + 1, end).split(",", -1);
        boolean isCount = (parts.length == 1 || parts.length == 2)
                && isNumber(parts[0])
                && (parts.length == 1 || parts[1].isEmpty() || isNumber(parts[1]));
        if (!isCount) {
            reader.skip(1);
            operand(1);
            return false;
        }
        reader.skip(end + 1 - start);
        int min = number(parts[0]);
        int max = parts.length == 1 ? min : parts[1].isEmpty() ? -1 : number(parts[1]);
        boolean isSound = min <= MOST_REPEATS && max <= MOST_REPEATS && (max < 0 || min <= max);
        if (!isSound) {
            throw new GoPatternText.Malformed("invalid repeat count", text.substring(start, reader.at()));
        }
        repeat(start, lastRepeat, max < 0 ? min : max);
        return true;
    }

    private static boolean isNumber(String digits) {
        return !digits.isEmpty()
                && digits.chars().allMatch(digit -> digit >= '0' && digit <= '9')
                && (digits.length() == 1 || digits.charAt(0) != '0');
    }

    private static int number(String digits) {
        return digits.length() > 8 ? TOO_LARGE : Integer.parseInt(digits);
    }

    private void repeat(int start, int lastRepeat, int times) {
        if (!reader.isAtEnd() && reader.peek() == '?') {
            reader.skip(1);
        }
        if (lastRepeat >= 0) {
            throw new GoPatternText.Malformed(
                    "invalid nested repetition operator", text.substring(lastRepeat, reader.at()));
        }
        String shown = text.substring(start, reader.at());
        if (!hasOperand) {
            throw new GoPatternText.Malformed("missing argument to repetition operator", shown);
        }
        if (times >= 2 && (long) repeats * times > MOST_REPEATS) {
            throw new GoPatternText.Malformed("invalid repeat count", shown);
        }
        operand(repeats * Math.max(times, 1));
    }

    private void escaped() {
        if (reader.startsWith("\\Q")) {
            if (reader.quoted()) {
                operand(1);
            }
            return;
        }
        reader.escapeOutsideClass();
        operand(1);
    }
}
