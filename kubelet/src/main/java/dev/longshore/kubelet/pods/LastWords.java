package dev.longshore.kubelet.pods;

import io.fabric8.kubernetes.api.model.Pod;
import java.nio.charset.StandardCharsets;

/// How much a pod's status repeats of what its containers wrote at their end: 12 KiB, shared out evenly.
///
/// @param most bytes of one container
record LastWords(int most) {

    private static final int OF_ALL = 12 << 10;

    static LastWords of(Pod pod) {
        int containers = Declared.of(pod).size();
        return new LastWords(containers == 0 ? OF_ALL : OF_ALL / containers);
    }

    /// As much of `message` as fits, without a broken character at its end.
    String of(String message) {
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= most) {
            return message;
        }
        int end = most;
        while (end > 0 && (bytes[end] & 0xc0) == 0x80) {
            end--;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }
}
