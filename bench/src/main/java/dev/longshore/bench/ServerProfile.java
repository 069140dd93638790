package dev.longshore.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jdk.jfr.consumer.RecordingFile;

/// Samples another Java process while something happens, and prints whom it worked for, as [Profile] does of this one.
final class ServerProfile {

    private ServerProfile() {}

    static void of(long pid, Profile.Work work) throws IOException, InterruptedException {
        Path file = Files.createTempFile("longshore-bench", ".jfr");
        try {
            jcmd(pid, "JFR.start", "name=bench", "settings=profile");
            work.run();
            jcmd(pid, "JFR.stop", "name=bench", "filename=" + file);
            Profile.Seen.of(RecordingFile.readAllEvents(file)).print();
        } finally {
            Files.deleteIfExists(file);
        }
    }

    /// What `jcmd` of this JDK makes of it.
    static void jcmd(long pid, String... words) throws IOException, InterruptedException {
        String java = ProcessHandle.current().info().command().orElseThrow();
        var line = new ArrayList<>(List.of(Path.of(java).resolveSibling("jcmd").toString(), Long.toString(pid)));
        line.addAll(List.of(words));
        Process jcmd = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!jcmd.waitFor(1, TimeUnit.MINUTES) || jcmd.exitValue() != 0) {
            jcmd.destroy();
            throw new IOException("it does not work: " + String.join(" ", line));
        }
    }
}
