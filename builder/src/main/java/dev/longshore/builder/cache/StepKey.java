package dev.longshore.builder.cache;

import dev.longshore.base.Digest;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// Names a step by all that decides its outcome: equal keys mean equal outcomes, on any machine and at any time.
///
/// @param hex a SHA-256
public record StepKey(String hex) {

    private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");

    public StepKey {
        if (!isKey(hex)) {
            throw new IllegalArgumentException("not a step's key: " + hex);
        }
    }

    /// Of a step.
    ///
    /// @param parent the digest of the state that the step begins with
    /// @param meaning the instruction with everything resolved
    /// @param inputs the digest of the content that it reads besides `parent`; empty if there is none
    public static StepKey of(Digest parent, String meaning, String inputs) {
        String all = "step 2\n" + parent + "\n" + meaning.length() + "\n" + meaning + "\n" + inputs;
        return new StepKey(Digest.sha256(all.getBytes(StandardCharsets.UTF_8)).hex());
    }

    static boolean isKey(String text) {
        return HEX.matcher(text).matches();
    }

    @Override
    public String toString() {
        return hex;
    }
}
