package dev.longshore.base;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/// A content digest in OCI's spelling, `algorithm:hex` (image-spec, descriptor.md): sha256 or sha512.
public record Digest(String algorithm, String hex) {

    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern SHA512 = Pattern.compile("[0-9a-f]{128}");

    public Digest {
        boolean valid =
                switch (algorithm) {
                    case "sha256" -> SHA256.matcher(hex).matches();
                    case "sha512" -> SHA512.matcher(hex).matches();
                    default -> false;
                };
        if (!valid) {
            throw new IllegalArgumentException("invalid digest: " + algorithm + ":" + hex);
        }
    }

    /// Reads `sha256:…` or `sha512:…`.
    ///
    /// @throws IllegalArgumentException when it is neither
    public static Digest parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("invalid digest: " + text);
        }
        return new Digest(text.substring(0, colon), text.substring(colon + 1));
    }

    /// The SHA-256 of `content`.
    public static Digest sha256(byte[] content) {
        return of("sha256", hasher("sha256").digest(content));
    }

    /// The digest that `sum`, the output of `algorithm`, spells.
    public static Digest of(String algorithm, byte[] sum) {
        return new Digest(algorithm, HexFormat.of().formatHex(sum));
    }

    /// A fresh hasher for `sha256` or `sha512`.
    public static MessageDigest hasher(String algorithm) {
        try {
            return MessageDigest.getInstance(
                    switch (algorithm) {
                        case "sha256" -> "SHA-256";
                        case "sha512" -> "SHA-512";
                        default -> throw new IllegalArgumentException("unsupported digest algorithm: " + algorithm);
                    });
        } catch (NoSuchAlgorithmException missing) {
            throw new AssertionError("every JDK has SHA-2", missing);
        }
    }

    /// The first 12 hexadecimal characters: the short id that people see.
    public String shortHex() {
        return hex.substring(0, 12);
    }

    @Override
    public String toString() {
        return algorithm + ":" + hex;
    }
}
