package dev.longshore.runtime.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.longshore.linux.Commands.Result;
import dev.longshore.linux.IdMappedMounts;
import dev.longshore.linux.RecordingCommands;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OciFeaturesTest {

    private static final Result UNKNOWN = new Result(1, "", "unknown command features\n");

    @BeforeEach
    void onAKernelThatCan() {
        assumeTrue(IdMappedMounts.isKnown(), "the kernel is older than 5.12");
    }

    @Test
    void aRuntimeThatListsTheMountOptionHasTheFeature() {
        assertThat(mountsRecursively(new Result(0, "{\"mountOptions\": [\"ro\", \"rro\"]}", ""), ""))
                .isTrue();
        assertThat(mountsRecursively(new Result(0, "{\"mountOptions\": [\"ro\"]}", ""), ""))
                .isFalse();
        assertThat(mountsRecursively(new Result(0, "what?", ""), "")).isFalse();
    }

    @Test
    void olderOnesOfCrunAreKnownByTheirVersion() {
        assertThat(mountsRecursively(UNKNOWN, "crun version 1.8.1\ncommit: f8a0\n"))
                .isTrue();
        assertThat(mountsRecursively(UNKNOWN, "crun version 1.3\n")).isFalse();
        assertThat(mountsRecursively(UNKNOWN, "other 2.0\n")).isFalse();
    }

    @Test
    void eachIsAskedOnce() {
        var commands = new RecordingCommands(command -> new Result(0, "{}", ""));
        var features = new OciFeatures(commands);

        features.of(Path.of("/usr/bin/runc"));
        features.of(Path.of("/usr/bin/runc"));

        assertThat(commands.lines()).containsExactly("/usr/bin/runc features");
    }

    private static boolean mountsRecursively(Result features, String version) {
        var commands = new RecordingCommands(
                command -> command.toString().endsWith("features") ? features : new Result(0, version, ""));
        return new OciFeatures(commands).of(Path.of("/usr/bin/x")).recursiveReadOnlyMounts();
    }
}
