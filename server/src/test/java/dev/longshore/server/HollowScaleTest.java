package dev.longshore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.cli.CommandFailure;
import dev.longshore.server.config.HollowGroup;
import dev.longshore.server.config.HollowScale;
import dev.longshore.server.config.UpOptions;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Taint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class HollowScaleTest {

    @Test
    void aGroupIsReadFromOneFlag() {
        var group = HollowGroup.parse("name=gpu,min=1,max=3,initial=2,cpu=8,memory=32Gi,label=pool=gpu,label=fast,"
                + "taint=dedicated=gpu:NoSchedule,taint=odd:NoExecute,start-delay=5s");

        assertThat(group.name()).isEqualTo("gpu");
        assertThat(List.of(group.min(), group.initial(), group.max())).containsExactly(1, 2, 3);
        assertThat(group.size())
                .containsEntry("cpu", new Quantity("8"))
                .containsEntry("memory", new Quantity("32Gi"))
                .containsEntry("ephemeral-storage", new Quantity("20Gi"));
        assertThat(group.labels()).isEqualTo(Map.of("pool", "gpu", "fast", ""));
        assertThat(group.taints())
                .containsExactly(
                        new Taint("NoSchedule", "dedicated", null, "gpu"), new Taint("NoExecute", "odd", null, null));
        assertThat(group.startDelay()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void aFileSaysTheSameAndFlagsWin() {
        var scale = HollowScale.of("""
                groups:
                - {name: a, max: 2, cpu: 500m, labels: {pool: x}, taints: ["k=v:NoSchedule"]}
                autoscaler:
                  scan-interval: 5s
                  startup-taint: [one, two]
                """, List.of("name=b,max=1"), List.of("scan-interval=2s"));

        assertThat(scale.groups()).extracting(HollowGroup::name).containsExactly("a", "b");
        assertThat(scale.groups().getFirst().labels()).containsEntry("pool", "x");
        assertThat(scale.options().scanInterval()).isEqualTo(Duration.ofSeconds(2));
        assertThat(scale.options().up().startupTaints()).containsExactly("one", "two");
        assertThat(HollowScale.of("", List.of(), List.of())).isEqualTo(HollowScale.NONE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "max=4|a group needs a name: name=workers",
                "name=w|group w needs a max: max=4",
                "name=W,max=1|name \"W\": write lower-case letters, digits and dashes, at most 42",
                "name=w,min=5,max=4|group w: from min 5 to max 4 there is no node",
                "name=w,min=2,max=4,initial=1|group w: initial 1 is not between min 2 and max 4",
                "name=w,max=many|max: \"many\" is no number",
                "name=w,max=4,cpu=lots|cpu: \"lots\" is no quantity: write 2, 500m or 4Gi",
                "name=w,max=4,max=5|max may be given once only",
                "workers|\"workers\": write KEY=VALUE, as name=workers,min=1,max=4,cpu=2,memory=4Gi",
                "name=w,max=4,taint=gpu|taint \"gpu\": write KEY=VALUE:EFFECT, the effect being NoSchedule,"
                        + " PreferNoSchedule or NoExecute",
                "name=w,max=4,start-delay=5|start-delay: \"5\" is no duration: write 5s or 1m30s"
            })
    void whatMakesNoSenseIsRefusedInOneLine(String group, String message) {
        assertThatThrownBy(() -> HollowGroup.parse(group))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void unknownKeysSayWhatIsKnown() {
        assertThatThrownBy(() -> HollowGroup.parse("name=w,max=1,size=4"))
                .hasMessageStartingWith("unknown key \"size\"; known are name, min, max, ");
        assertThatThrownBy(() -> HollowScale.of("group: []", List.of(), List.of()))
                .hasMessage("unknown key \"group\"; known are groups, autoscaler");
        assertThatThrownBy(() -> HollowScale.of("", List.of(), List.of("scan-interval=1s")))
                .hasMessage("there is no group to scale: give --hollow-group or --hollow-config");
        assertThatThrownBy(() -> HollowScale.of("", List.of("name=w,max=1", "name=w,max=2"), List.of()))
                .hasMessage("two groups have the same name");
    }

    @Test
    void upReadsFlagsAndTheFileOfAllFlags(@TempDir Path directory) throws IOException {
        var up = new UpCommand();
        new CommandLine(up)
                .parseArgs(
                        "--hollow-group",
                        "name=a,max=1",
                        "--hollow-group",
                        "name=b,max=2",
                        "--autoscaler=scan-interval=1s");
        assertThat(up.options().hollow())
                .isEqualTo(new UpOptions.HollowOptions(
                        List.of("name=a,max=1", "name=b,max=2"), List.of("scan-interval=1s"), Optional.empty()));

        Path file = directory.resolve("up.yaml");
        Files.writeString(file, "hollow-group:\n- name=a,max=1\n- name=b,max=2\nautoscaler: expander=random\n");
        var configured = new UpCommand();
        var line = new CommandLine(configured);
        var root = new CommandLine(CommandLine.Model.CommandSpec.create()).addSubcommand("up", line);
        ConfigFile.apply(root, List.of("up", "--config", file.toString()));
        root.parseArgs("up", "--config", file.toString());
        assertThat(configured.options().hollow().groups()).containsExactly("name=a,max=1", "name=b,max=2");
        assertThat(configured.options().hollow().scale().options().up().expanders())
                .containsExactly("random");
    }

    @Test
    void upRefusesWhatMakesNoSenseBeforeAnythingBegins() {
        var up = new UpCommand();
        new CommandLine(up).parseArgs("--hollow-group=name=a");
        assertThatThrownBy(up::options)
                .isInstanceOf(CommandFailure.class)
                .hasMessage("hollow groups: group a needs a max: max=4");
    }
}
