package dev.longshore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class AttachedValueTest {

    @Test
    void anOptionThatStandsAloneLeavesTheContextAlone() {
        BuildOptions options = parse("--sbom", "--provenance", ".");

        assertThat(options.sbom).isEqualTo("true");
        assertThat(options.provenance).isEqualTo("true");
        assertThat(options.context).isEqualTo(".");
    }

    @Test
    void anAttachedValueIsTaken() {
        BuildOptions options = parse("--sbom=false", "--provenance=mode=min", ".");

        assertThat(options.sbom).isEqualTo("false");
        assertThat(options.provenance).isEqualTo("mode=min");
    }

    @Test
    void withoutTheOptionsThereAreNone() {
        assertThat(parse(".").sbom).isNull();
        assertThat(parse(".", "--sbom").sbom).isEqualTo("true");
    }

    private static BuildOptions parse(String... words) {
        var options = new BuildOptions();
        new CommandLine(new Mixed(options)).parseArgs(words);
        return options;
    }

    @CommandLine.Command
    private static final class Mixed {
        @CommandLine.Mixin
        private final BuildOptions options;

        Mixed(BuildOptions options) {
            this.options = options;
        }
    }
}
