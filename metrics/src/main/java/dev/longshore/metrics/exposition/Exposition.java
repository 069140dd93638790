package dev.longshore.metrics.exposition;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/// Reads Prometheus' text format, version 0.0.4, with the quoted names of 1.0.0. What it reads is hostile: lines,
/// labels and samples are counted, and one wrong line spoils the whole text, as it does for Prometheus.
public final class Exposition {

    /// How much of a text is read at most.
    public static final int MOST_SAMPLES = 500_000;

    private static final int LONGEST_LINE = 64 << 10;
    private static final int MOST_LABELS = 64;
    private static final String NAME = "__name__";

    private Exposition() {}

    /// Takes samples, in their order.
    @FunctionalInterface
    public interface Taker {
        /// Takes one.
        void take(Sample sample);

        /// The samples of the family `name` that follow are of `type`: `counter`, `gauge`, `histogram`, `summary`.
        default void type(String name, String type) {}
    }

    /// Hands every sample of `text` to `taker`.
    ///
    /// @throws MalformedExpositionException at the first wrong line, or the first sample too many
    public static void read(String text, int mostSamples, Taker taker) throws MalformedExpositionException {
        int number = 0;
        int samples = 0;
        int start = 0;
        while (start < text.length()) {
            int end = text.indexOf('\n', start);
            int stop = end < 0 ? text.length() : end;
            number++;
            if (stop - start > LONGEST_LINE) {
                throw new MalformedExpositionException(number, "longer than " + LONGEST_LINE + " characters");
            }
            var line = new Line(text, start, stop, number);
            if (line.isSample()) {
                if (++samples > mostSamples) {
                    throw new MalformedExpositionException(number, "more than " + mostSamples + " samples");
                }
                taker.take(line.sample());
            } else {
                line.type(taker);
            }
            start = stop + 1;
        }
    }

    /// One line, read from left to right.
    private static final class Line {
        private final String text;
        private final int end;
        private final int number;
        private int at;

        Line(String text, int start, int end, int number) {
            this.text = text;
            this.at = start;
            this.end = end > start && text.charAt(end - 1) == '\r' ? end - 1 : end;
            this.number = number;
        }

        boolean isSample() {
            skipSpace();
            return at < end && text.charAt(at) != '#';
        }

        /// Of comments only this is needed; others may look like anything.
        void type(Taker taker) {
            String[] words = text.substring(at, end).split("[ \t]+");
            if (words.length == 4 && words[0].equals("#") && words[1].equals("TYPE")) {
                taker.type(words[2], words[3]);
            }
        }

        Sample sample() throws MalformedExpositionException {
            var labels = new HashMap<String, String>();
            if (peek() != '{') {
                labels.put(NAME, name(true));
            }
            skipSpace();
            if (peek() == '{') {
                at++;
                labels(labels);
            }
            String name = labels.remove(NAME);
            if (name == null || name.isEmpty()) {
                throw wrong("a value without a name");
            }
            double value = number(word("a value"));
            skipSpace();
            OptionalLong millis = at < end ? OptionalLong.of(millis(word("a time"))) : OptionalLong.empty();
            skipSpace();
            if (at < end) {
                throw wrong("something after the value");
            }
            return new Sample(name, labels, value, millis);
        }

        private void labels(Map<String, String> labels) throws MalformedExpositionException {
            skipSpace();
            while (peek() != '}') {
                boolean isQuoted = peek() == '"';
                String name = isQuoted ? quoted() : name(false);
                skipSpace();
                if (isQuoted && (peek() == ',' || peek() == '}')) {
                    put(labels, NAME, name);
                } else {
                    expect('=');
                    skipSpace();
                    put(labels, name, quoted());
                }
                skipSpace();
                if (peek() != '}') {
                    expect(',');
                    skipSpace();
                }
            }
            at++;
        }

        private void put(Map<String, String> labels, String name, String value) throws MalformedExpositionException {
            if (labels.putIfAbsent(name, value) != null) {
                throw wrong("label \"" + name + "\" stands there twice");
            }
            if (labels.size() > MOST_LABELS) {
                throw wrong("more than " + MOST_LABELS + " labels");
            }
        }

        private String name(boolean mayHaveColons) throws MalformedExpositionException {
            int start = at;
            while (at < end && isNamePart(text.charAt(at), at == start, mayHaveColons)) {
                at++;
            }
            if (at == start) {
                throw wrong("a name was expected");
            }
            return text.substring(start, at);
        }

        private static boolean isNamePart(char sign, boolean isFirst, boolean mayHaveColons) {
            return sign >= 'a' && sign <= 'z'
                    || sign >= 'A' && sign <= 'Z'
                    || sign == '_'
                    || sign == ':' && mayHaveColons
                    || sign >= '0' && sign <= '9' && !isFirst;
        }

        private String quoted() throws MalformedExpositionException {
            expect('"');
            var value = new StringBuilder();
            while (peek() != '"') {
                char sign = text.charAt(at++);
                if (sign != '\\') {
                    value.append(sign);
                    continue;
                }
                char escaped = peek();
                at++;
                switch (escaped) {
                    case 'n' -> value.append('\n');
                    case '\\', '"' -> value.append(escaped);
                    // Unknown ones stand for themselves, as Prometheus reads them.
                    default -> value.append('\\').append(escaped);
                }
            }
            at++;
            return value.toString();
        }

        private String word(String what) throws MalformedExpositionException {
            skipSpace();
            int start = at;
            while (at < end && text.charAt(at) != ' ' && text.charAt(at) != '\t') {
                at++;
            }
            if (at == start) {
                throw wrong(what + " was expected");
            }
            return text.substring(start, at);
        }

        private double number(String word) throws MalformedExpositionException {
            switch (word.toLowerCase(java.util.Locale.ROOT)) {
                case "nan" -> {
                    return Double.NaN;
                }
                case "inf", "+inf", "infinity", "+infinity" -> {
                    return Double.POSITIVE_INFINITY;
                }
                case "-inf", "-infinity" -> {
                    return Double.NEGATIVE_INFINITY;
                }
                default -> {
                    // Java takes suffixes and words that no other program writes.
                    char last = word.charAt(word.length() - 1);
                    boolean isPlain = last >= '0' && last <= '9' || last == '.';
                    try {
                        if (isPlain) {
                            return Double.parseDouble(word);
                        }
                    } catch (NumberFormatException none) {
                        // Said below.
                    }
                    throw wrong("\"" + shortened(word) + "\" is no number");
                }
            }
        }

        private long millis(String word) throws MalformedExpositionException {
            try {
                return Long.parseLong(word);
            } catch (NumberFormatException none) {
                throw wrong("\"" + shortened(word) + "\" is no time");
            }
        }

        private static String shortened(String word) {
            return word.length() > 32 ? word.substring(0, 32) + "…" : word;
        }

        private char peek() throws MalformedExpositionException {
            if (at >= end) {
                throw wrong("it ends too early");
            }
            return text.charAt(at);
        }

        private void expect(char sign) throws MalformedExpositionException {
            if (peek() != sign) {
                throw wrong("'" + sign + "' was expected");
            }
            at++;
        }

        private void skipSpace() {
            while (at < end && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
                at++;
            }
        }

        private MalformedExpositionException wrong(String why) {
            return new MalformedExpositionException(number, why);
        }
    }
}
