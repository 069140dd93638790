package dev.longshore.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BuildOutputTest {

    @Test
    void aPathAloneIsADirectoryAndADashAnArchiveOnStdout() {
        assertThat(BuildOutput.parse("out/dir"))
                .isEqualTo(new BuildOutput("local", Map.of(), new BuildOutput.Target.Unpacked(Path.of("out/dir"))));
        assertThat(BuildOutput.parse("-")).isEqualTo(new BuildOutput("tar", Map.of(), new BuildOutput.Target.Stdout()));
    }

    @Test
    void destinationsStayHereAndTheRestGoesToTheEngine() {
        assertThat(BuildOutput.parse("type=oci,\"name=a,b\",dest=x.tar"))
                .isEqualTo(
                        new BuildOutput("oci", Map.of("name", "a,b"), new BuildOutput.Target.ToFile(Path.of("x.tar"))));
        assertThat(BuildOutput.parse("type=oci,tar=false,dest=layout").target())
                .isEqualTo(new BuildOutput.Target.Unpacked(Path.of("layout")));
        assertThat(BuildOutput.parse("type=tar").target()).isEqualTo(new BuildOutput.Target.Stdout());
        assertThat(BuildOutput.parse("type=image,name=a,push=true"))
                .isEqualTo(new BuildOutput(
                        "image", Map.of("name", "a", "push", "true"), new BuildOutput.Target.Nowhere()));
    }

    @Test
    void dockerWithoutAFileMeansTheEnginesStore() {
        assertThat(BuildOutput.parse("type=docker").type()).isEqualTo("image");
        assertThat(BuildOutput.parse("type=docker,dest=-").target()).isEqualTo(new BuildOutput.Target.Stdout());
    }

    @Test
    void whatMeansNothingIsRefusedInOneLine() {
        assertThatThrownBy(() -> BuildOutput.parse("dest=x,name=y")).hasMessageContaining("say what comes out");
        assertThatThrownBy(() -> BuildOutput.parse("type=local")).hasMessageContaining("name the directory");
        assertThatThrownBy(() -> BuildOutput.parse("type=image,dest=x")).hasMessageContaining("has no dest");
        assertThatThrownBy(() -> BuildOutput.parse("type=tar,\"dest=x")).hasMessageContaining("a quote does not end");
        assertThatThrownBy(() -> BuildOutput.parse("type=tar,type=oci")).hasMessageContaining("each name once");
    }
}
