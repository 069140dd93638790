package dev.longshore.kubelet.pods;

import io.fabric8.kubernetes.api.model.HostAlias;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;

/// The small files of a pod that the kubelet itself writes: its hosts file, and where containers leave their
/// last words.
final class PodFiles {

    private static final int LONGEST_MESSAGE = 4096;
    private static final int LONGEST_LOG_TAIL = 2048;
    private static final int MOST_LOG_LINES = 80;
    private static final int CRI_PREFIX_WORDS = 4;

    private final PodSettings settings;

    PodFiles(PodSettings settings) {
        this.settings = settings;
    }

    /// Writes what `/etc/hosts` says in the pod's containers.
    Path hosts(Pod pod, List<String> addresses, String hostname, String domain) {
        boolean ofHost = Boolean.TRUE.equals(pod.getSpec().getHostNetwork());
        var text = new StringBuilder();
        if (ofHost) {
            text.append("# Kubernetes-managed hosts file (host network).\n").append(ofNode());
        } else {
            text.append(
                    "# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n"
                            + "fe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n");
            for (String address : addresses) {
                text.append(address).append('\t');
                if (!domain.isEmpty()) {
                    text.append(hostname).append('.').append(domain).append('\t');
                }
                text.append(hostname).append('\n');
            }
        }
        if (!pod.getSpec().getHostAliases().isEmpty()) {
            text.append("\n# Entries added by HostAliases.\n");
            for (HostAlias alias : pod.getSpec().getHostAliases()) {
                text.append(alias.getIp())
                        .append('\t')
                        .append(String.join("\t", alias.getHostnames()))
                        .append('\n');
            }
        }
        Path file = settings.podDirectory(pod.getMetadata().getUid()).resolve("etc-hosts");
        write(file, text.toString());
        return file;
    }

    /// An empty file for the last words of one attempt, writable to any user.
    Path terminationMessage(Pod pod, String container, int attempt) {
        Path file = terminationFile(pod.getMetadata().getUid(), container, attempt);
        write(file, "");
        try {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return file;
    }

    /// What a container said last: in its file, or, if asked for and it failed without a word, in its log.
    String lastWords(String podUid, Declared declared, int attempt, int exitCode, Path log) {
        if (settings.hollow()) {
            return "";
        }
        Path file = terminationFile(podUid, declared.name(), attempt);
        String words = tail(file, LONGEST_MESSAGE).orElse("");
        boolean fallsBack = "FallbackToLogsOnError".equals(declared.container().getTerminationMessagePolicy());
        if (words.isEmpty() && fallsBack && exitCode != 0) {
            return logTail(log);
        }
        return words;
    }

    /// Removes a container's log, rotated parts and all.
    void removeLog(Path log) {
        if (settings.hollow() || log.getParent() == null || !Files.isDirectory(log.getParent())) {
            return;
        }
        String name = log.getFileName().toString();
        try (var siblings = Files.newDirectoryStream(log.getParent(), name + "*")) {
            for (Path sibling : siblings) {
                Files.deleteIfExists(sibling);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot remove " + log, failure);
        }
    }

    private Path terminationFile(String podUid, String container, int attempt) {
        return settings.podDirectory(podUid)
                .resolve("containers")
                .resolve(container)
                .resolve("termination-" + attempt);
    }

    private static String ofNode() {
        try {
            return Files.readString(Path.of("/etc/hosts"));
        } catch (IOException none) {
            return "127.0.0.1\tlocalhost\n";
        }
    }

    private static String logTail(Path log) {
        // A line is time, stream, tag and text; only the text counts.
        List<String> lines = tail(log, 4 * LONGEST_LOG_TAIL).orElse("").lines().toList();
        var text = new StringBuilder();
        lines.stream().skip(Math.max(0, lines.size() - MOST_LOG_LINES)).forEach(line -> {
            String[] words = line.split(" ", CRI_PREFIX_WORDS);
            boolean isWhole = words.length == CRI_PREFIX_WORDS;
            text.append(isWhole ? words[CRI_PREFIX_WORDS - 1] : line);
            // A part of a line has no end.
            if (!isWhole || !words[CRI_PREFIX_WORDS - 2].startsWith("P")) {
                text.append('\n');
            }
        });
        return text.length() > LONGEST_LOG_TAIL ? text.substring(text.length() - LONGEST_LOG_TAIL) : text.toString();
    }

    private static Optional<String> tail(Path file, int bytes) {
        try (var in = new RandomAccessFile(file.toFile(), "r")) {
            int length = Math.toIntExact(Math.min(bytes, in.length()));
            in.seek(in.length() - length);
            byte[] content = new byte[length];
            in.readFully(content);
            return Optional.of(new String(content, StandardCharsets.UTF_8));
        } catch (IOException none) {
            return Optional.empty();
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            // Written in place: a bind mount keeps showing the file that it was made of.
            Files.writeString(file, text);
        } catch (NoSuchFileException gone) {
            throw new UncheckedIOException("the pod's directory vanished: " + file, gone);
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot write " + file, failure);
        }
    }
}
