package dev.longshore.kubelet.probes;

/// What one try found.
///
/// @param output what it said, for people
public record Verdict(boolean isSuccess, String output) {

    private static final int LONGEST = 10 * 1024;

    public Verdict {
        output = output.length() > LONGEST ? output.substring(0, LONGEST) : output;
    }

    /// It is well.
    public static Verdict success(String output) {
        return new Verdict(true, output);
    }

    /// It is not.
    public static Verdict failure(String output) {
        return new Verdict(false, output);
    }
}
