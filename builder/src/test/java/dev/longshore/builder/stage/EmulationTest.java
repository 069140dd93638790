package dev.longshore.builder.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.builder.graph.PlatformText;
import dev.longshore.images.Platform;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmulationTest {

    @TempDir
    Path binfmt;

    @Test
    void ownProgramsAndThoseOfAnEmulatorRun() throws Exception {
        var emulation = new Emulation(binfmt, Platform.linux("amd64"));
        Files.writeString(binfmt.resolve("qemu-aarch64"), "enabled\ninterpreter /usr/bin/qemu\nflags: OCF\noffset 0\n");

        assertThat(emulation.refusal(PlatformText.parse("linux/amd64"))).isEmpty();
        assertThat(emulation.refusal(PlatformText.parse("linux/386"))).isEmpty();
        assertThat(emulation.refusal(PlatformText.parse("linux/arm64"))).isEmpty();
    }

    @Test
    void whyOthersDoNotIsSaid() throws Exception {
        var emulation = new Emulation(binfmt, Platform.linux("amd64"));
        Files.writeString(binfmt.resolve("qemu-arm"), "disabled\n");
        Files.writeString(binfmt.resolve("qemu-s390x"), "enabled\ninterpreter /usr/bin/qemu\nflags: OC\n");

        assertThat(emulation.refusal(PlatformText.parse("linux/arm64")).orElseThrow())
                .contains("no emulator is registered as " + binfmt.resolve("qemu-aarch64"));
        assertThat(emulation.refusal(PlatformText.parse("linux/arm/v7")).orElseThrow())
                .contains("is disabled");
        assertThat(emulation.refusal(PlatformText.parse("linux/s390x")).orElseThrow())
                .contains("lacks the flag F");
        assertThat(emulation.refusal(PlatformText.parse("windows/amd64")).orElseThrow())
                .contains("programs of windows/amd64 do not run on linux/amd64");
    }
}
