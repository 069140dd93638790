package dev.longshore.base;

import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/// The cluster's short id: six characters, in the name of everything the cluster makes on the host (bridge
/// `ls-ID`, nft table `longshore-ID`, cgroup parent `longshore-ID`, …), so that clusters on one host never
/// touch each other.
public record ClusterId(String value) {

    private static final Pattern SHAPE = Pattern.compile("[a-z0-9]{6}");
    private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
    private static final int LENGTH = 6;

    public ClusterId {
        if (!SHAPE.matcher(value).matches()) {
            throw new IllegalArgumentException("a cluster id is six lower-case letters or digits: " + value);
        }
    }

    /// A new random id.
    public static ClusterId random(RandomGenerator randomness) {
        var id = new StringBuilder();
        for (int i = 0; i < LENGTH; i++) {
            id.append(ALPHABET.charAt(randomness.nextInt(ALPHABET.length())));
        }
        return new ClusterId(id.toString());
    }

    @Override
    public String toString() {
        return value;
    }
}
