package dev.longshore.kubelet.probes;

/// What one try found.
///
/// @param output what it said, for people
public record Verdict(Outcome outcome, String output) {

    private static final int LONGEST = 10 * 1024;

    /// How one try went.
    public enum Outcome {
        SUCCESS,
        /// Well, with something that people should know.
        WARNING,
        FAILURE,
        /// It could not be found out, which says nothing about the container.
        UNKNOWN
    }

    public Verdict {
        output = output.length() > LONGEST ? output.substring(0, LONGEST) : output;
    }

    /// It is well.
    public static Verdict success(String output) {
        return new Verdict(Outcome.SUCCESS, output);
    }

    /// It is well, but.
    public static Verdict warning(String output) {
        return new Verdict(Outcome.WARNING, output);
    }

    /// It is not.
    public static Verdict failure(String output) {
        return new Verdict(Outcome.FAILURE, output);
    }

    /// Nobody can tell; `output` says why.
    public static Verdict unknown(String output) {
        return new Verdict(Outcome.UNKNOWN, output);
    }

    /// Whether it is well, with a warning or without.
    public boolean isSuccess() {
        return outcome == Outcome.SUCCESS || outcome == Outcome.WARNING;
    }
}
