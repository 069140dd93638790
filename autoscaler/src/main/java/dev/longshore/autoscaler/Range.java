package dev.longshore.autoscaler;

/// From `min` to `max`, both included; written `MIN:MAX`.
public record Range(long min, long max) {

    /// @throws IllegalArgumentException when it is empty or negative
    public Range {
        if (min < 0 || max < min) {
            throw new IllegalArgumentException(
                    "%d:%d is no range: write MIN:MAX, with 0 <= MIN <= MAX".formatted(min, max));
        }
    }

    static Range parse(String text) {
        String[] parts = text.split(":", -1);
        if (parts.length != 2) {
            throw new IllegalArgumentException("\"%s\" is no range: write MIN:MAX".formatted(text));
        }
        try {
            return new Range(Long.parseLong(parts[0].strip()), Long.parseLong(parts[1].strip()));
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException("\"%s\" is no range: write MIN:MAX".formatted(text), notANumber);
        }
    }
}
