package dev.longshore.runtime.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.runtime.ContainerEdits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Which devices spec files describe, and what those ask for.
class DevicesTest {

    private static final String THREE = """
            cdiVersion: "0.6.0"
            kind: "vendor1.com/device"
            annotations:
              org.mobyproject.buildkit.device.autoallow: true
            devices:
            - name: b
              containerEdits: {env: ["B=1"]}
              annotations: {org.mobyproject.buildkit.device.class: pair}
            - name: a
              containerEdits: {env: ["A=1"]}
              annotations:
                org.mobyproject.buildkit.device.class: pair
                org.mobyproject.buildkit.device.autoallow: "false"
            - name: "c:0.1"
              containerEdits: {env: ["C=1"]}
            containerEdits: {env: ["ALL=1"]}
            """;

    @TempDir
    private Path folder;

    private Path first;
    private Path second;

    @BeforeEach
    void make() throws IOException {
        first = Files.createDirectory(folder.resolve("first"));
        second = Files.createDirectory(folder.resolve("second"));
    }

    @Test
    void aNameMeansADeviceAClassAllOrTheFirst() throws Exception {
        Files.writeString(first.resolve("three.yaml"), THREE);
        Devices devices = read();

        assertThat(devices.names())
                .containsExactly("vendor1.com/device=a", "vendor1.com/device=b", "vendor1.com/device=c:0.1");
        assertThat(devices.find("vendor1.com/device=b")).containsExactly("vendor1.com/device=b");
        assertThat(devices.find("vendor1.com/device=pair"))
                .containsExactly("vendor1.com/device=a", "vendor1.com/device=b");
        assertThat(devices.find("vendor1.com/device=*")).hasSize(3);
        assertThat(devices.find("vendor1.com/device")).containsExactly("vendor1.com/device=a");
        assertThat(devices.find("vendor1.com/device=none")).isEmpty();
        assertThat(devices.find("vendor2.com/device")).isEmpty();
        assertThat(devices.isForAll("vendor1.com/device=b")).isTrue();
        assertThat(devices.isForAll("vendor1.com/device=a")).isFalse();
        assertThat(devices.problems()).isEmpty();
    }

    @Test
    void whatASpecAsksForComesOnceAndBeforeItsDevices() throws Exception {
        Files.writeString(first.resolve("three.yaml"), THREE);

        assertThat(read().edits(List.of("vendor1.com/device=b", "vendor1.com/device=a", "vendor1.com/device=b"))
                        .env())
                .containsExactly("ALL=1", "B=1", "A=1");
        assertThatThrownBy(() -> read().edits(List.of("vendor1.com/device=none")))
                .isInstanceOf(Devices.UnknownDeviceException.class)
                .hasMessage("unresolvable CDI devices vendor1.com/device=none");
    }

    @Test
    void everythingThatADeviceAsksForIsRead() throws Exception {
        Files.writeString(first.resolve("all.json"), """
                {"cdiVersion":"1.0.0","kind":"v.com/c","devices":[{"name":"d","containerEdits":{
                "env":["A=b"],
                "deviceNodes":[{"path":"/dev/x","hostPath":"/dev/zero","type":"c","major":1,"minor":5,"fileMode":438,
                                "permissions":"rw","uid":1,"gid":2},{"path":"/dev/y"}],
                "mounts":[{"hostPath":"/lib/x","containerPath":"/lib/y","options":["ro","bind"],"type":"bind"}],
                "hooks":[{"hookName":"createContainer","path":"/bin/h","args":["h","x"],"env":["H=1"],"timeout":3}],
                "additionalGids":[0,7],
                "netDevices":[{"hostInterfaceName":"eth9","name":"eth0"}],
                "intelRdt":{"closID":"k","l3CacheSchema":"L3:0=f","enableMonitoring":true}}}]}
                """);

        assertThat(read().edits(List.of("v.com/c=d")))
                .isEqualTo(new ContainerEdits(
                        List.of("A=b"),
                        List.of(
                                new ContainerEdits.Node(
                                        "/dev/x",
                                        Path.of("/dev/zero"),
                                        "c",
                                        Optional.of(new ContainerEdits.Node.Number(1, 5)),
                                        OptionalInt.of(438),
                                        "rw",
                                        OptionalLong.of(1),
                                        OptionalLong.of(2)),
                                new ContainerEdits.Node(
                                        "/dev/y",
                                        Path.of("/dev/y"),
                                        "",
                                        Optional.empty(),
                                        OptionalInt.empty(),
                                        "",
                                        OptionalLong.empty(),
                                        OptionalLong.empty())),
                        List.of(new ContainerEdits.Mount(Path.of("/lib/x"), "/lib/y", "bind", List.of("ro", "bind"))),
                        List.of(new ContainerEdits.Hook(
                                "createContainer", "/bin/h", List.of("h", "x"), List.of("H=1"), OptionalInt.of(3))),
                        List.of(7L),
                        List.of(new ContainerEdits.Interface("eth9", "eth0")),
                        Optional.of(new ContainerEdits.Rdt("k", "L3:0=f", "", List.of(), true))));
    }

    @Test
    void theLaterDirectoryCountsAndInOneNeither() throws Exception {
        Files.writeString(first.resolve("a.yaml"), one("x", "FIRST"));
        Files.writeString(second.resolve("a.yaml"), one("x", "SECOND"));
        Files.writeString(second.resolve("b.yaml"), one("w", "ONE"));
        Files.writeString(second.resolve("c.yaml"), one("w", "TWO"));
        Files.writeString(second.resolve("d.yml"), one("z", "ZED"));

        Devices devices = read();

        assertThat(devices.names()).containsExactly("v.com/c=x");
        assertThat(devices.edits(List.of("v.com/c=x")).env()).containsExactly("SECOND=1");
        assertThat(devices.problems())
                .singleElement()
                .asString()
                .startsWith("conflicting device \"v.com/c=w\" (specs ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cdiVersion: 7.0.0 | invalid version \"7.0.0\"",
                "kind: vendor | kind \"vendor\": want VENDOR/CLASS",
                "kind: 1v.com/c | invalid vendor \"1v.com\"",
                "more: 1 | unknown field \"more\" in the spec",
                "devices: [] | no devices",
                "devices: [{name: a/b, containerEdits: {env: [A=b]}}] | invalid device name \"a/b\"",
                "devices: [{name: a}] | invalid device \"a\", empty device edits",
                "devices: [{name: a, containerEdits: {env: [A]}}] | invalid environment variable \"A\"",
                "devices: [{name: a, containerEdits: {env: [A=b]}}, {name: a, containerEdits: {env: [A=b]}}] | multiple device",
                "devices: [{name: a, containerEdits: {deviceNodes: [{path: dev}]}}] | the path is not absolute",
                "devices: [{name: a, containerEdits: {deviceNodes: [{path: /d, type: x}]}}] | invalid type \"x\"",
                "devices: [{name: a, containerEdits: {deviceNodes: [{path: /d, minor: -1}]}}] | minor of a device node",
                "devices: [{name: a, containerEdits: {deviceNodes: [{path: /d, permissions: q}]}}] | invalid permissions",
                "devices: [{name: a, containerEdits: {hooks: [{hookName: never, path: /h}]}}] | invalid hook name \"never\"",
                "devices: [{name: a, containerEdits: {mounts: [{hostPath: /h}]}}] | containerPath of a mount",
                "devices: nonsense | devices of the spec: no list",
            })
    void aSpecThatIsNoneSaysWhyAndHidesNoOther(String line, String why) throws Exception {
        String key = line.substring(0, line.indexOf(':'));
        var text = new StringBuilder(line + "\n");
        one("x", "X").lines().filter(other -> !other.startsWith(key + ":")).forEach(other -> text.append(other + "\n"));
        Files.writeString(first.resolve("bad.yaml"), text);
        Files.writeString(first.resolve("good.yaml"), one("good", "GOOD"));

        Devices devices = read();

        assertThat(devices.names()).containsExactly("v.com/c=good");
        assertThat(devices.problems())
                .singleElement()
                .asString()
                .startsWith("failed to load CDI Spec " + first.resolve("bad.yaml") + ": ")
                .contains(why);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "device", "/device=x", "v.com/=x", "v_/c=x", "v.com/c-=x"})
    void whatIsNoNameIsRefused(String name) throws Exception {
        Devices devices = read();

        assertThatThrownBy(() -> devices.find(name))
                .isInstanceOf(Devices.UnknownDeviceException.class)
                .hasMessageStartingWith("invalid device \"" + name + "\": ");
    }

    private static String one(String name, String variable) {
        return "cdiVersion: 0.6.0\nkind: v.com/c\ndevices: [{name: " + name + ", containerEdits: {env: [" + variable
                + "=1]}}]\n";
    }

    private Devices read() throws IOException {
        return Devices.read(List.of(first, second, folder.resolve("none")));
    }
}
