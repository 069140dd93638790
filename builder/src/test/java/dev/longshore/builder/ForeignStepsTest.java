package dev.longshore.builder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.longshore.builder.graph.PlatformText;
import dev.longshore.builder.progress.ClassicOutput;
import dev.longshore.images.Platform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// RUN steps of another processor, under emulation by the kernel and qemu, in containers as a node makes them.
class ForeignStepsTest {

    private static final Platform ARM = PlatformText.parse("arm64");
    private static final Platform AMD = PlatformText.parse("amd64");
    private static final String DOCKERFILE = """
            FROM scratch AS of-arm64
            COPY --chmod=755 program /
            RUN ["/program"]
            FROM scratch AS of-amd64
            COPY program /made
            FROM of-$TARGETARCH
            """;

    @TempDir
    private Path directory;

    private Workshop workshop;
    private RealSteps steps;

    @AfterEach
    void close() throws Exception {
        if (workshop != null) {
            steps.end();
            workshop.close();
        }
    }

    @Test
    void aForeignStepRunsWhereTheKernelKnowsAnEmulator() throws Exception {
        try (var _ = ArmHandler.open()) {
            open();

            workshop.builder()
                    .build(
                            BuildRequest.tagged("app").on(List.of(ARM, AMD)),
                            workshop.context,
                            new ClassicOutput(workshop.said::append));

            assertThat(steps.runs).hasValue(1);
            var image = workshop.images.images().get("app", ARM);
            var tree = workshop.images
                    .layers()
                    .merged(workshop.images.layers().directories(image.manifest(), image.config()));
            assertThat(Files.readString(tree.find("/made").orElseThrow())).isEqualTo("aarch64");
        }
        workshop.dockerfile(DOCKERFILE.replace("FROM of-$TARGETARCH", "FROM of-arm64\nRUN [\"/program\"]"));

        assumeFalse(Files.exists(Path.of("/proc/sys/fs/binfmt_misc/qemu-aarch64")), "this host emulates arm64 itself");
        // Nothing of it is left.
        assertThatThrownBy(() -> workshop.builder()
                        .build(
                                BuildRequest.tagged("app").on(List.of(ARM)),
                                workshop.context,
                                new ClassicOutput(workshop.said::append)))
                .hasMessageContaining(
                        "programs of linux/arm64 do not run on linux/amd64: no emulator is registered as");
    }

    private void open() throws Exception {
        steps = new RealSteps(directory);
        workshop = Workshop.with(steps, Long.MAX_VALUE);
        workshop.dockerfile(DOCKERFILE);
        Files.write(workshop.context.resolve("program"), ArmProgram.writingItsMachineTo("/made"));
    }
}
