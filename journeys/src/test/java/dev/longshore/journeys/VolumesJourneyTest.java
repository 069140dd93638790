package dev.longshore.journeys;

import static dev.longshore.journeys.HelloApplication.PATIENCE;
import static dev.longshore.journeys.RunningCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/// What real containers see in their volumes (`volumes/*.yaml`). All pods begin together.
@Order(5)
@Tag(ContainerJourneys.TAG)
@ExtendWith(SharedCluster.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class VolumesJourneyTest {

    /// Mode, path and beginning of every file, as its reader sees it.
    private static final String LISTING =
            "cd /v && find -L . -type f ! -path '*/..*' ! -name dump.bin | sort | while read f; do"
                    + " echo \"$(stat -L -c %a $f) $f $(head -c 20 $f | tr '\\n' ' ')\"; done";

    private static final String LATE = """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: late}
            data: {data-1: late}
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: late}
            stringData: {data-1: late}
            """;

    private static LivePods pods;

    @BeforeAll
    static void begin(RunningCluster cluster) throws IOException {
        pods = new LivePods(cluster, "volumes");
        pods.create(read("objects.yaml"));
        pods.create(read("use.yaml"));
    }

    @AfterAll
    static void end() {
        pods.close();
    }

    @Test
    @Order(1)
    void objectsAreFilesWithTheNamesAndModesThatTheirVolumesSay() {
        pods.awaitReady("objects");
        List<String> files = pods.exec("objects", "root", LISTING).lines().toList();

        for (String kind : List.of("map", "p-map")) {
            assertThat(files)
                    .contains(
                            "644 ./" + kind + "/data-1 value-1",
                            "644 ./" + kind + "/data-2 value-2",
                            "644 ./" + kind + "-again/data-1 value-1",
                            "400 ./" + kind + "-mode/data-1 value-1",
                            "644 ./" + kind + "-items/path/to/data-2 value-2",
                            "400 ./" + kind + "-item-mode/data-2 value-2",
                            "644 ./" + kind + "-goes/data-1 here");
        }
        for (String kind : List.of("secret", "p-secret")) {
            assertThat(files)
                    .contains(
                            "644 ./" + kind + "/data-1 secret-1",
                            "644 ./" + kind + "/data-2 secret-2",
                            "644 ./" + kind + "-again/data-1 secret-1",
                            "400 ./" + kind + "-mode/data-1 secret-1",
                            "644 ./" + kind + "-items/path/to/data-1 secret-1",
                            "400 ./" + kind + "-item-mode/data-1 secret-1",
                            "644 ./" + kind + "-goes/data-1 here");
        }
        assertThat(files)
                .contains("644 ./map-fixed/data-1 fixed-1", "644 ./secret-fixed/data-1 fixed-1")
                .contains(
                        "644 ./p-all/all/secret secret-1",
                        "644 ./p-all/all/map value-1",
                        "644 ./p-all/all/name objects")
                .anyMatch(line -> line.matches("\\d+ \\./p-all/token eyJ.*"))
                .noneMatch(line -> line.contains("-late/"))
                .noneMatch(line -> line.contains("-items/data") || line.contains("-item-mode/data-3"));
        assertThat(pods.exec("objects", "root", "base64 /v/map/dump.bin")).isEqualTo("3q2+7w==\n");
    }

    @Test
    @Order(2)
    void aPodReadsAboutItself() {
        pods.awaitReady("objects");
        List<String> files = pods.exec("objects", "root", LISTING).lines().toList();
        Map<String, Quantity> node = pods.client()
                .nodes()
                .withName(pods.pod("objects").getSpec().getNodeName())
                .get()
                .getStatus()
                .getAllocatable();
        long processors = node.get("cpu").getNumericalAmount().movePointRight(3).longValue();
        long memory = node.get("memory").getNumericalAmount().longValue();

        for (String volume : List.of("down", "p-down")) {
            assertThat(files)
                    .contains(
                            "644 ./" + volume + "/name objects",
                            "400 ./" + volume + "/mode objects",
                            "400 ./" + volume + "-mode/name objects",
                            "644 ./" + volume + "/labels color=\"green\"",
                            "644 ./" + volume + "/root-limits-cpu 1500",
                            "644 ./" + volume + "/root-requests-cpu 10",
                            "644 ./" + volume + "/root-limits-memory 64",
                            "644 ./" + volume + "/root-requests-memory 8",
                            "644 ./" + volume + "/user-limits-cpu " + processors,
                            "644 ./" + volume + "/user-limits-memory " + Math.ceilDiv(memory, 1L << 20));
            assertThat(pods.exec("objects", "root", "cat /v/" + volume + "/annotations"))
                    .contains("note=\"first\"");
        }
    }

    @Test
    @Order(3)
    void whoIsNotRootReadsWhatModesLetHim() {
        pods.awaitReady("objects");

        assertThat(pods.exec(
                        "objects",
                        "user",
                        "cd /v; cat map/data-1 map-items/path/to/data-2 p-secret/data-1 p-down/name"))
                .isEqualTo("value-1value-2secret-1objects");
        for (String closed : List.of("map-mode/data-1", "secret-item-mode/data-1", "p-map-mode/data-1")) {
            assertThat(pods.exec("objects", "user", "cat /v/" + closed))
                    .as(closed)
                    .contains("Permission denied");
        }
        assertThat(pods.exec("objects", "root", "touch /v/map/more")).contains("Read-only file system");
    }

    @Test
    @Order(4)
    void partsOfVolumesAreMountedAlsoOverFiles() {
        pods.awaitReady("objects");

        assertThat(pods.exec(
                        "objects",
                        "root",
                        "for f in /sub/map /etc/passwd /sub/secret /sub/down /sub/projected; do cat $f; echo; done"))
                .isEqualTo("value-1\nvalue-2\nsecret-1\nobjects\nvalue-1\n");
    }

    @Test
    @Order(5)
    void changesReachTheFilesAndLeaveMountedPartsAsTheyWere() {
        pods.awaitReady("objects");
        edit("map", map -> map.addToData("data-1", "changed"));
        pods.create(LATE);
        pods.client().configMaps().inNamespace("volumes").withName("goes").delete();
        pods.client().secrets().inNamespace("volumes").withName("goes").delete();
        pods.resource("objects")
                .edit(pod -> new PodBuilder(pod)
                        .editMetadata()
                        .addToLabels("color", "blue")
                        .addToAnnotations("note", "second")
                        .endMetadata()
                        .build());

        eventually(
                PATIENCE,
                () -> assertThat(pods.exec("objects", "root", LISTING).lines())
                        .contains(
                                "644 ./map/data-1 changed",
                                "400 ./map-mode/data-1 changed",
                                "644 ./p-map/data-1 changed",
                                "644 ./p-all/all/map changed",
                                "644 ./map-late/data-1 late",
                                "644 ./p-map-late/data-1 late",
                                "644 ./secret-late/data-1 late",
                                "644 ./p-secret-late/data-1 late",
                                "644 ./down/labels color=\"blue\"",
                                "644 ./p-down/labels color=\"blue\"")
                        .noneMatch(line -> line.contains("-goes/")));
        eventually(
                PATIENCE,
                () -> assertThat(pods.exec("objects", "root", "cat /v/p-down/annotations"))
                        .contains("note=\"second\""));
        assertThat(pods.exec("objects", "root", "cat /sub/map")).isEqualTo("value-1");
        assertThatThrownBy(() -> edit("fixed", map -> map.addToData("data-1", "other")))
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("field is immutable when `immutable` is set");
    }

    @Test
    @Order(6)
    void emptyDirectoriesAreForAllUsersOnDiskAndInMemory() {
        pods.awaitReady("empty");
        assertThat(pods.exec("empty", "root", "stat -c %a /disk /memory")).isEqualTo("777\n1777\n");
        assertThat(pods.exec("empty", "root", "mount | grep ' /memory '")).contains("type tmpfs", "size=8192k");

        for (String volume : List.of("/disk", "/memory")) {
            String make = "cd " + volume
                    + "; for m in 644 666 777; do echo $(id -u) > $(id -u)-$m; chmod $m $(id -u)-$m; done;"
                    + " stat -c '%a %u %n' $(id -u)-*";
            assertThat(pods.exec("empty", "root", make)).isEqualTo("644 0 0-644\n666 0 0-666\n777 0 0-777\n");
            assertThat(pods.exec("empty", "user", make))
                    .isEqualTo("644 1001 1001-644\n666 1001 1001-666\n777 1001 1001-777\n");
            assertThat(pods.exec("empty", "user", "cd " + volume + "; cat 0-644; echo more >> 0-666; echo no >> 0-644"))
                    .startsWith("0\n")
                    .contains("0-644: Permission denied");
            assertThat(pods.exec("empty", "root", "cat " + volume + "/0-666 " + volume + "/1001-644"))
                    .isEqualTo("0\nmore\n1001\n");
        }
    }

    @Test
    @Order(7)
    void volumesBelongToTheGroupThatThePodNames() {
        pods.awaitReady("grouped");

        assertThat(pods.exec("grouped", "main", "id -G")).contains("1001");
        assertThat(pods.exec("grouped", "main", "stat -L -c '%a %g' /v/secret/data-1 /v/projected/data-1"))
                .isEqualTo("440 1001\n440 1001\n");
        assertThat(pods.exec("grouped", "main", "cat /v/secret/data-1; head -c 3 /v/token/token"))
                .isEqualTo("secret-1eyJ");
        assertThat(pods.exec("grouped", "main", "stat -L -c %a /v/token/token"))
                .as("nobody else reads it")
                .endsWith("0\n");
        assertThat(pods.exec(
                        "grouped", "main", "touch /v/part/file && stat -c %g /v/scratch /v/scratch/deep/part/file"))
                .isEqualTo("1001\n1001\n");
        assertThat(pods.exec("grouped", "main", "touch /v/claim/file /v/own/file && echo written"))
                .isEqualTo("written\n");
        assertThat(pods.client()
                        .persistentVolumeClaims()
                        .inNamespace("volumes")
                        .withName("grouped-own")
                        .get()
                        .getMetadata()
                        .getOwnerReferences())
                .singleElement()
                .satisfies(owner -> assertThat(owner.getName()).isEqualTo("grouped"));
    }

    @Test
    @Order(8)
    void mountsSpreadAsFarAsEachContainerAsksFor() {
        pods.awaitReady("mounts");
        pods.exec("mounts", "master", "mkdir /v/below && mount -t tmpfs below /v/below && touch /v/below/file");

        assertThat(pods.exec("mounts", "slave", "ls /v/below")).isEqualTo("file\n");
        assertThat(pods.exec("mounts", "private", "ls /v/below")).isEmpty();
    }

    @Test
    @Order(9)
    void aPathThatIsAbsoluteIsRefusedUntilItIsRepaired() {
        pods.await("expression", pod -> isWaiting(pod, "main", "CreateContainerConfigError"));

        pods.resource("expression")
                .edit(pod -> new PodBuilder(pod)
                        .editMetadata()
                        .addToAnnotations("path", "fine")
                        .endMetadata()
                        .build());

        pods.awaitReady("expression");
        assertThat(pods.exec("expression", "main", "touch /part/file && ls /all/fine"))
                .isEqualTo("file\n");
    }

    @Test
    @Order(10)
    void whoWritesMoreThanItsVolumeMayHoldIsEvicted() {
        Pod greedy = pods.awaitPhase("greedy", "Failed");

        assertThat(greedy.getStatus().getReason()).isEqualTo("Evicted");
        assertThat(greedy.getStatus().getMessage())
                .contains("Usage of EmptyDir volume \"small\" exceeds the limit \"1Mi\"");
    }

    @Test
    @Order(11)
    void whatCannotBeMountedIsNamed() {
        eventually(
                PATIENCE,
                () -> assertThat(pods.events("waiting"))
                        .filteredOn(event -> event.getReason().equals("FailedMount"))
                        .extracting(Event::getMessage)
                        .contains(
                                "MountVolume.SetUp failed for volume \"missing\" : secret \"comes-later\" not found",
                                "MountVolume.SetUp failed for volume \"socket\" : hostPath type check failed: /etc/hostname is not"
                                        + " a socket file"));
        assertThat(pods.pod("waiting").getStatus().getPhase()).isEqualTo("Pending");
    }

    @Test
    @Order(12)
    void anImageIsAVolumeThatNobodyWrites() {
        Pod pod = pods.await("imaged", it -> isWaiting(it, "none", "ErrImageNeverPull"));
        assertThat(LivePods.container(pod, "main").getReady()).isTrue();

        assertThat(pods.exec("imaged", "main", "ls /image/bin/sh /www/sh")).isEqualTo("/image/bin/sh\n/www/sh\n");
        assertThat(pods.exec("imaged", "main", "touch /image/file")).contains("Read-only file system");
    }

    private static boolean isWaiting(Pod pod, String container, String reason) {
        var state = LivePods.container(pod, container).getState();
        return state != null
                && state.getWaiting() != null
                && reason.equals(state.getWaiting().getReason());
    }

    private static void edit(String name, UnaryOperator<ConfigMapBuilder> change) {
        pods.client()
                .configMaps()
                .inNamespace("volumes")
                .withName(name)
                .edit((ConfigMap map) -> change.apply(new ConfigMapBuilder(map)).build());
    }

    private static String read(String name) throws IOException {
        try (InputStream stored = VolumesJourneyTest.class.getResourceAsStream("/volumes/" + name)) {
            return new String(stored.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
