package dev.longshore.builder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.builder.dockerfile.DockerfileException;
import dev.longshore.builder.stage.DeviceGrants;
import dev.longshore.builder.stage.Wishes;
import dev.longshore.runtime.OneShot;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `RUN --device`: which devices a step gets, and who may use them.
class DevicesTest {

    private static final String SPEC = """
            cdiVersion: 0.6.0
            kind: vendor1.com/device
            devices:
            - name: foo
              containerEdits: {env: [FOO=injected]}
            - name: bar
              annotations: {org.mobyproject.buildkit.device.class: kind1}
              containerEdits: {env: [BAR=injected]}
            - name: baz
              annotations: {org.mobyproject.buildkit.device.class: kind1}
              containerEdits: {env: [BAZ=injected]}
            - name: free
              annotations: {org.mobyproject.buildkit.device.autoallow: "true"}
              containerEdits: {env: [FREE=injected]}
            """;

    private static final List<List<String>> given = new CopyOnWriteArrayList<>();
    private static Workshop shop;

    @BeforeAll
    static void open() throws Exception {
        shop = Workshop.with(DevicesTest::run, Long.MAX_VALUE);
        Files.createDirectory(shop.root.resolve("cdi"));
        Files.writeString(shop.root.resolve("cdi/spec.yaml"), SPEC);
    }

    @BeforeEach
    void begin() throws Exception {
        shop.clear();
        given.clear();
    }

    @AfterAll
    static void close() throws Exception {
        if (shop != null) {
            shop.close();
        }
    }

    private static int run(OneShot.Step step, OutputStream out, OutputStream err) {
        given.add(step.sandbox().devices().env());
        return 0;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--device=vendor1.com/device=foo | FOO=injected",
                "--device=vendor1.com/device | BAR=injected",
                "--device=vendor1.com/device=kind1 | BAR=injected BAZ=injected",
                "--device=vendor1.com/device=* | BAR=injected BAZ=injected FOO=injected FREE=injected",
                "--device=vendor1.com/device=foo --device=name=vendor1.com/device=*,required | "
                        + "FOO=injected BAR=injected BAZ=injected FREE=injected",
                "--device=vendor1.com/device=none | ''",
            })
    void aStepGetsWhatItsDevicesAskFor(String flags, String env) throws Exception {
        build(flags, "device");

        assertThat(given)
                .singleElement()
                .satisfies(list -> assertThat(String.join(" ", list)).isEqualTo(env));
    }

    @Test
    void aDeviceThatIsNotThereIsToldAndOnlyARequiredOneFails() throws Exception {
        build("--device=vendor1.com/device=none", "device");
        assertThat(shop.said).contains("[Warning] optional device \"vendor1.com/device=none\" is not registered");

        Path bad = Files.writeString(shop.root.resolve("cdi/bad.json"), "{");
        assertThatThrownBy(() -> build("--device=vendor1.com/device=none,required", "device"))
                .isInstanceOf(DockerfileException.class)
                .hasMessageContaining("Dockerfile:2: required device \"vendor1.com/device=none\" is not registered:"
                        + " there are vendor1.com/device=bar, vendor1.com/device=baz, vendor1.com/device=foo,"
                        + " vendor1.com/device=free; failed to load CDI Spec " + bad);
        Files.delete(bad);
        assertThatThrownBy(() -> build("--device=nonsense", "device"))
                .hasMessageContaining("invalid device \"nonsense\": want VENDOR/CLASS");
    }

    @Test
    void aDeviceNeedsToBeAllowed() throws Exception {
        assertThatThrownBy(() -> build("--device=vendor1.com/device=foo", ""))
                .hasMessageContaining("device vendor1.com/device=foo is requested by the build but not allowed:"
                        + " ask for it with --allow device=vendor1.com/device=foo, or for all with --allow device");
        assertThatThrownBy(() -> build("--device=vendor1.com/device=*", "device=vendor1.com/device=foo"))
                .hasMessageContaining(
                        "devices vendor1.com/device=bar, vendor1.com/device=baz are requested by the build"
                                + " but not allowed");
        assertThat(given).isEmpty();

        build("--device=vendor1.com/device=free", "");
        build("--device=vendor1.com/device=foo", "device=vendor1.com/device=foo");
        build("--device=vendor1.com/device=bar", "device=vendor1.com/device=kind1");
        build("--device=mine/gpu", "device=vendor1.com/device=baz,alias=mine/gpu");
        assertThat(given)
                .containsExactly(
                        List.of("FREE=injected"),
                        List.of("FOO=injected"),
                        List.of("BAR=injected"),
                        List.of("BAZ=injected"));
    }

    @Test
    void whichDevicesThereWereCountsForTheCache() throws Exception {
        for (String device : List.of("foo", "foo", "name=vendor1.com/device=foo", "bar")) {
            String name = device.startsWith("name=") ? device : "vendor1.com/device=" + device;
            build("--device=" + name, "device", Wishes.NONE);
        }
        build("", "device", Wishes.NONE);

        assertThat(given).containsExactly(List.of("FOO=injected"), List.of("BAR=injected"), List.of());
    }

    @Test
    void whatIsNoGrantSaysWhy() {
        assertThatThrownBy(() -> DeviceGrants.NONE.and("device=a/b=c,x")).hasMessage("invalid device config \"x\"");
        assertThatThrownBy(() -> DeviceGrants.NONE.and("device=a/b=c,x=y"))
                .hasMessage("unknown device config key \"x\": there is alias");
    }

    private static void build(String flags, String right) throws Exception {
        build(flags, right, Wishes.NONE.withNoCache(Wishes.NoCache.ALWAYS));
    }

    private static void build(String flags, String right, Wishes wishes) throws Exception {
        shop.dockerfile("FROM longshore.local/busybox\nRUN " + flags + " env "
                + wishes.noCache().all() + "\n");
        DeviceGrants grants = right.isEmpty() ? DeviceGrants.NONE : DeviceGrants.NONE.and(right);
        shop.build("app", wishes.withRun(wishes.run().granting(grants)));
    }
}
