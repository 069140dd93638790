package dev.longshore.journeys;

import static dev.longshore.journeys.HelloApplication.PATIENCE;
import static dev.longshore.journeys.RunningCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.VolumeMountStatus;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

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

    private static final String SAME_NAME = """
            apiVersion: v1
            kind: Secret
            metadata: {name: secret}
            stringData: {data-1: %s}
            """;

    private static final String RACER = """
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: racer-%d}
            spec:
              terminationGracePeriodSeconds: 0
              containers:
              - {name: main, BUSYBOX, command: [sleep, "100000"], volumeMounts: [%s]}
              volumes: [%s]
            """;

    private static final int MAPS = 50;
    private static final int RACERS = 5;

    @TempDir
    static Path host;

    private static LoopDevice device;
    private static LivePods pods;
    private static LivePods beside;

    @BeforeAll
    static void begin(RunningCluster cluster) throws IOException, InterruptedException {
        device = LoopDevice.over(host.resolve("disk"));
        Files.createDirectory(host.resolve("directory"));
        Files.createFile(host.resolve("file"));
        try (var socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            // The file stays when nobody listens any more.
            socket.bind(UnixDomainSocketAddress.of(host.resolve("socket")));
        }
        beside = new LivePods(cluster, "volumes-beside");
        beside.create(SAME_NAME.formatted("theirs"));
        pods = new LivePods(cluster, "volumes");
        pods.client()
                .persistentVolumes()
                .load(new ByteArrayInputStream(read("device.yaml").getBytes(StandardCharsets.UTF_8)))
                .create();
        pods.create(read("objects.yaml"));
        pods.create(read("use.yaml"));
        pods.create(race());
    }

    @AfterAll
    static void end() {
        pods.client().persistentVolumes().withName("volumes-raw").delete();
        beside.close();
        // Else the node would make their places on the host anew when the test has deleted them.
        for (String pod : List.of("mounts", "mapped")) {
            pods.resource(pod).delete();
            eventually(PATIENCE, () -> assertThat(pods.resource(pod).get()).isNull());
        }
        pods.close();
        device.close();
    }

    /// Pods that mount fifty maps each, all at once.
    private static String race() {
        String maps = IntStream.range(0, MAPS)
                .mapToObj(
                        "---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: map-%1$d}, data: {data: map-%1$d}}\n"
                                ::formatted)
                .collect(Collectors.joining());
        String mounts = IntStream.range(0, MAPS)
                .mapToObj("{name: v-%1$d, mountPath: /m/%1$d}"::formatted)
                .collect(Collectors.joining(", "));
        String volumes = IntStream.range(0, MAPS)
                .mapToObj("{name: v-%1$d, configMap: {name: map-%1$d}}"::formatted)
                .collect(Collectors.joining(", "));
        String racers = IntStream.range(0, RACERS)
                .mapToObj(index -> RACER.formatted(index, mounts, volumes))
                .collect(Collectors.joining());
        return maps + racers;
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
        assertThat(beside.client()
                        .secrets()
                        .inNamespace("volumes-beside")
                        .withName("secret")
                        .get()
                        .getData())
                .as("another one of this name, of which nothing is seen")
                .containsEntry("data-1", "dGhlaXJz");
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
        assertThatThrownBy(() -> pods.client()
                        .secrets()
                        .inNamespace("volumes")
                        .withName("fixed")
                        .edit((Secret secret) -> new SecretBuilder(secret)
                                .addToStringData("data-1", "other")
                                .build()))
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
        pods.await("backsteps", pod -> isWaiting(pod, "main", "CreateContainerConfigError"));

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
                                untyped("socket", "/etc/hostname", "a socket file"),
                                untyped("directory", "/etc/hostname", "a directory"),
                                untyped("made", "/etc/hostname", "a directory"),
                                untyped("file", "/etc", "a file"),
                                untyped("character", "/etc/hostname", "a character device"),
                                untyped("block", "/dev/null", "a block device")));
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

    @Test
    @Order(13)
    void readOnlyGoesAllTheWayDownWhereItIsAskedFor() {
        Pod pod = pods.awaitReady("mounts");
        String write = "touch /%1$s/early/file && echo written; touch /%1$s/file && echo written";

        for (String closed : List.of("sealed", "tried")) {
            assertThat(pods.exec("mounts", "sealed", write.formatted(closed)))
                    .contains("/early/file: Read-only file system", "/file: Read-only file system")
                    .doesNotContain("written");
        }
        assertThat(pods.exec("mounts", "sealed", write.formatted("loose")))
                .contains("written\n", "/loose/file: Read-only file system");
        assertThat(LivePods.container(pod, "sealed").getVolumeMounts())
                .extracting(
                        VolumeMountStatus::getMountPath,
                        VolumeMountStatus::getReadOnly,
                        VolumeMountStatus::getRecursiveReadOnly)
                .contains(
                        tuple("/sealed", true, "Enabled"),
                        tuple("/tried", true, "Enabled"),
                        tuple("/loose", true, "Disabled"),
                        tuple("/open", null, null));
        assertThat(pods.client()
                        .nodes()
                        .withName(pod.getSpec().getNodeName())
                        .get()
                        .getStatus()
                        .getRuntimeHandlers())
                .as("what the node says it can")
                .isNotEmpty()
                .allMatch(handler -> handler.getFeatures().getRecursiveReadOnlyMounts()
                        && handler.getFeatures().getUserNamespaces());
    }

    @Test
    @Order(14)
    void placesOfTheHostAreWhatTheirTypesSay() {
        pods.awaitReady("mounts");

        assertThat(pods.exec(
                        "mounts",
                        "master",
                        "cd /h && stat -c '%n %F' directory directory-made file file-made socket character block any"))
                .isEqualTo("""
                        directory directory
                        directory-made directory
                        file regular empty file
                        file-made regular empty file
                        socket socket
                        character character special file
                        block block special file
                        any directory
                        """);
    }

    @Test
    @Order(15)
    void whoHasUsersOfItsOwnWritesToTheHostAsTheUserThatItSeems() throws IOException {
        pods.awaitReady("mapped");
        Path file = host.resolve("directory/mapped");

        eventually(PATIENCE, () -> assertThat(file).hasContent("0"));
        assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(0);
    }

    @Test
    @Order(16)
    void aBlockDeviceIsOneInTheContainer() throws IOException {
        pods.awaitReady("grouped");

        assertThat(pods.exec(
                        "grouped", "raw", "test -b /dev/raw && printf hello | dd of=/dev/raw conv=fsync 2>/dev/null"))
                .isEmpty();
        try (InputStream disk = Files.newInputStream(device.file())) {
            assertThat(disk.readNBytes(5)).asString(StandardCharsets.US_ASCII).isEqualTo("hello");
        }
        assertThat(pods.exec("grouped", "seen", "head -c 5 /dev/seen")).isEqualTo("hello");
        assertThat(pods.exec("grouped", "seen", "printf other | dd of=/dev/seen"))
                .contains("/dev/seen")
                .contains("Operation not permitted");
        assertThat(pods.exec("grouped", "main", "ls /dev/raw")).contains("No such file");
        eventually(
                PATIENCE,
                () -> assertThat(pods.events("grouped"))
                        .extracting(Event::getReason)
                        .contains("SuccessfulMountVolume"));
    }

    @Test
    @Order(17)
    void linksThatLeadOutOfAVolumeLeadNowhere() {
        Pod pod = pods.await(
                "imaged",
                it -> isWaiting(it, "far", "CreateContainerConfigError")
                        && isWaiting(it, "up", "CreateContainerConfigError")
                        && isWaiting(it, "nowhere", "CreateContainerError"));

        assertThat(LivePods.container(pod, "far").getState().getWaiting().getMessage())
                .isEqualTo("failed to prepare subPath for volumeMount \"scratch\" of container \"far\"");
        assertThat(pods.exec("imaged", "near", "cat /part/file")).isEqualTo("mine\n");
    }

    @Test
    @Order(18)
    void manyMapsInManyPodsDoNotRace() {
        for (int index = 0; index < RACERS; index++) {
            String racer = "racer-" + index;
            pods.awaitReady(racer);
            assertThat(pods.exec(racer, "main", "for f in /m/*/data; do cat $f; echo; done")
                            .lines())
                    .as(racer)
                    .containsExactlyInAnyOrderElementsOf(IntStream.range(0, MAPS)
                            .mapToObj(map -> "map-" + map)
                            .toList());
        }
    }

    private static boolean isWaiting(Pod pod, String container, String reason) {
        var state = LivePods.container(pod, container).getState();
        return state != null
                && state.getWaiting() != null
                && reason.equals(state.getWaiting().getReason());
    }

    private static String untyped(String volume, String path, String kind) {
        return "MountVolume.SetUp failed for volume \"%s\" : hostPath type check failed: %s is not %s"
                .formatted(volume, path, kind);
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
            return new String(stored.readAllBytes(), StandardCharsets.UTF_8)
                    .replace("HOST/", host + "/")
                    .replace("DEVICE", device.device().toString());
        }
    }
}
