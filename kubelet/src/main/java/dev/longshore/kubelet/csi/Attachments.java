package dev.longshore.kubelet.csi;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// How attachments and attached volumes are called, by all who deal with them.
final class Attachments {

    private Attachments() {}

    /// The VolumeAttachment of a volume on a node.
    static String name(String handle, String driver, String node) {
        return "csi-" + hash(handle + driver + node);
    }

    /// The volume in a node's `volumesInUse` and `volumesAttached`.
    static String volume(String driver, String handle) {
        return "kubernetes.io/csi/" + driver + "^" + handle;
    }

    static String hash(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError("every Java has SHA-256", impossible);
        }
    }
}
