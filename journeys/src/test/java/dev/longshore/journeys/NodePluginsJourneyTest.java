package dev.longshore.journeys;

import static dev.longshore.journeys.HelloApplication.PATIENCE;
import static dev.longshore.journeys.RunningCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceSlice;
import io.fabric8.kubernetes.api.model.storage.VolumeAttachment;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Containers have devices and volumes from plugins that are written for these tests: once, before and after the
/// server is killed with -9 under them, and not after their pod. What is claimed may also be asked for by name, and
/// may have to be made ready first.
@Order(7)
@Tag(ContainerJourneys.TAG)
@ExtendWith(SharedCluster.class)
class NodePluginsJourneyTest {

    /// Registration looks once a second, and after a failure once in two.
    private static final Duration FOUND = Duration.ofSeconds(60);

    private RunningCluster cluster;
    private LivePods pods;

    @TempDir
    private Path store;

    @BeforeEach
    void begin(RunningCluster shared) {
        cluster = shared;
        pods = new LivePods(shared, "plugins");
    }

    @AfterEach
    void end() {
        for (String object : List.of(
                "persistentvolume/of-binds",
                "csidriver/binds.example.com",
                "deviceclass/gadgets.example.com",
                "resourceslice/gadgets")) {
            cluster.kubectl("delete", object, "--ignore-not-found", "--wait=false");
        }
        pods.close();
    }

    @Test
    void devicesAndVolumesOfDriversAreThereBeforeAndAfter() throws IOException, InterruptedException {
        Path kubelet = cluster.directory().resolve("node/kubelet");
        Path devices = kubelet.resolve("device-plugins");
        try (var driver = new BindingDriver(kubelet, store, cluster.shell());
                var gadgets = new GadgetDriver(kubelet)) {
            try {
                long publications;
                String process;
                try (var plugin = new ThingPlugin(devices)) {
                    areKnown();
                    pods.create(STORAGE);
                    pods.create(GADGETS);
                    offer("");
                    pods.create(user("first"));
                    attach();
                    pods.awaitReady("first");
                    beginsToGrow();
                    areInUse(driver);
                    noMoreThanThereAre();
                    isMeasured();
                    hasGrown(driver);
                    publications = publications(driver);
                    process = process("first");
                    assertThat(plugin).isNotNull();
                    cluster.killed();
                }
                cluster.up().succeeded();

                try (var plugin = new ThingPlugin(devices)) {
                    assertThat(plugin).isNotNull();
                    assertThat(process("first")).isEqualTo(process);
                    assertThat(pods.exec("first", "main", "cat /data/file; echo $THING $GADGET"))
                            .matches("kept\n(one|two) one\n");
                    assertThat(publications(driver)).isEqualTo(publications);
                    assertThat(gadgets.calls).containsExactly("prepare plugins");
                    areGivenBack(driver);
                    assertThat(gadgets.calls).containsExactly("prepare plugins", "unprepare plugins");
                    isOfferedNoMore();
                    offer(", bindsToNode: true, bindingConditions: [wired], bindingFailureConditions: [torn]");
                    pods.create(byName(user("third")));
                    isWired();
                    attach();
                    pods.awaitReady("third");
                    assertThat(pods.exec("third", "main", "cat /data/file; echo $GADGET"))
                            .isEqualTo("kept\none\n");
                }
            } finally {
                pods.clear();
            }
        }
    }

    private void areKnown() {
        eventually(FOUND, () -> {
            Node node = node();
            assertThat(node.getStatus().getAllocatable()).containsEntry(ThingPlugin.RESOURCE, new Quantity("2"));
            assertThat(node.getMetadata().getLabels()).containsEntry("binds.example.com/rack", "r1");
        });
        eventually(
                FOUND,
                () -> assertThat(cluster.get("csinode", "{.items[0].spec.drivers[0]}"))
                        .isEqualTo("{\"allocatable\":{\"count\":7},\"name\":\"binds.example.com\","
                                + "\"nodeID\":\"node-of-binds\",\"topologyKeys\":[\"binds.example.com/rack\"]}"));
    }

    private void areInUse(BindingDriver driver) {
        assertThat(pods.exec("first", "main", """
                        echo kept > /data/file; stat -c %g /data; echo $THING; head -c 3 /dev/thing | od -An -tx1
                        echo $GADGET; head -c 2 /dev/gadget | od -An -tx1
                        """)).containsPattern("2000\n(one|two)\n 00 00 00\none\n 00 00\n");
        assertThat(LivePods.container(pods.pod("first"), "main").getAllocatedResourcesStatus())
                .extracting("name")
                .containsExactlyInAnyOrder("example.com/thing", "claim:gadget");
        var told = driver.published.get("v-1");
        assertThat(told.getVolumeContextMap())
                .containsEntry("csi.storage.k8s.io/pod.name", "first")
                .containsEntry("csi.storage.k8s.io/ephemeral", "false")
                .containsEntry("colour", "red")
                .extractingByKey("csi.storage.k8s.io/serviceAccount.tokens")
                .asString()
                .startsWith("{\"vault\":{\"token\":\"ey");
        assertThat(told.getSecretsMap()).containsEntry("password", "opensesame");
        assertThat(told.getPublishContextMap()).containsEntry("port", "5");
        assertThat(driver.calls).contains("stage v-1 {port=5}{password=stage}");
        var own = driver.published.get("own");
        assertThat(own.getVolumeContextMap()).containsEntry("csi.storage.k8s.io/ephemeral", "true");
        assertThat(own.getSecretsMap()).containsEntry("password", "opensesame");
        eventually(
                FOUND,
                () -> assertThat(node().getStatus().getVolumesAttached())
                        .extracting("name")
                        .contains("kubernetes.io/csi/binds.example.com^v-1"));
    }

    /// What the driver of the gadgets would do.
    private void offer(String more) {
        pods.create("""
                apiVersion: resource.k8s.io/v1
                kind: ResourceSlice
                metadata: {name: gadgets}
                spec:
                  driver: gadgets.example.com
                  nodeName: %s
                  pool: {name: gadgets, generation: 1, resourceSliceCount: 1}
                  devices: [{name: one%s}]
                """.formatted(node().getMetadata().getName(), more));
    }

    /// What somebody would do who has to bring the device to the node first.
    private void isWired() {
        eventually(PATIENCE, () -> {
            List<ResourceClaim> claims = pods.client()
                    .resources(ResourceClaim.class)
                    .inNamespace(pods.namespace())
                    .list()
                    .getItems();
            assertThat(claims).singleElement().satisfies(claim -> {
                assertThat(claim.getMetadata().getAnnotations())
                        .containsEntry("resource.kubernetes.io/extended-resource-claim", "true");
                assertThat(claim.getStatus().getReservedFor()).hasSize(1);
            });
            assertThat(pods.pod("third").getSpec().getNodeName()).isNull();
            pods.client()
                    .resource(claims.getFirst())
                    .editStatus(claim -> DeviceConditions.told(claim, GadgetDriver.NAME, "gadgets", "one", "wired"));
        });
    }

    /// Since a kubelet that begins knows of no driver yet.
    private void isOfferedNoMore() {
        eventually(
                FOUND,
                () -> assertThat(pods.client()
                                .resources(ResourceSlice.class)
                                .withName("gadgets")
                                .get())
                        .isNull());
    }

    /// What the driver's controller has done when it has made a volume larger.
    private void beginsToGrow() {
        cluster.kubectl(
                        "patch",
                        "persistentvolumeclaim",
                        "of-binds",
                        "-n",
                        pods.namespace(),
                        "--subresource=status",
                        "--type=merge",
                        "-p",
                        "{\"status\":{\"allocatedResources\":{\"storage\":\"2Gi\"},"
                                + "\"allocatedResourceStatuses\":{\"storage\":\"NodeResizePending\"}}}")
                .succeeded();
    }

    private void hasGrown(BindingDriver driver) {
        eventually(FOUND, () -> {
            PersistentVolumeClaim claim = pods.client()
                    .persistentVolumeClaims()
                    .inNamespace(pods.namespace())
                    .withName("of-binds")
                    .require();
            assertThat(claim.getStatus().getCapacity()).containsEntry("storage", new Quantity("2Gi"));
            assertThat(claim.getStatus().getAllocatedResourceStatuses()).isNullOrEmpty();
        });
        assertThat(driver.calls).contains("expand v-1 " + (2L << 30));
    }

    private void isMeasured() {
        String kubelet = "/api/v1/nodes/" + node().getMetadata().getName() + "/proxy";
        eventually(
                FOUND,
                () -> assertThat(cluster.kubectl("get", "--raw", kubelet + "/metrics")
                                .succeeded()
                                .out())
                        .containsPattern("kubelet_volume_stats_used_bytes\\{namespace=\"plugins\","
                                + "persistentvolumeclaim=\"of-binds\"} 123"));
        assertThat(cluster.kubectl("get", "--raw", kubelet + "/stats/summary")
                        .succeeded()
                        .out())
                .contains("\"usedBytes\":123");
    }

    private void noMoreThanThereAre() {
        pods.create(user("second").replace("thing: 1", "thing: 2"));
        eventually(
                PATIENCE,
                () -> assertThat(LivePods.condition(pods.pod("second"), "PodScheduled")
                                .getMessage())
                        .contains("Insufficient example.com/thing"));
        pods.resource("second").delete();
    }

    private void areGivenBack(BindingDriver driver) {
        pods.resource("first").delete();
        eventually(PATIENCE, () -> assertThat(pods.resource("first").get()).isNull());
        assertThat(driver.calls).contains("unpublish v-1", "unstage v-1");
        assertThat(cluster.shell()
                        .run("grep", "-c", store.toString(), "/proc/self/mountinfo")
                        .out()
                        .strip())
                .isEqualTo("0");
        eventually(PATIENCE, () -> assertThat(attachments()).isEmpty());
    }

    private static long publications(BindingDriver driver) {
        return driver.calls.stream().filter(call -> call.startsWith("publish")).count();
    }

    /// What the driver's controller would do.
    private void attach() {
        eventually(PATIENCE, () -> {
            assertThat(attachments()).hasSize(1);
            pods.client().resource(attachments().getFirst()).editStatus(attachment -> {
                attachment.setStatus(new io.fabric8.kubernetes.api.model.storage.VolumeAttachmentStatusBuilder()
                        .withAttached(true)
                        .addToAttachmentMetadata("port", "5")
                        .build());
                return attachment;
            });
        });
    }

    private List<VolumeAttachment> attachments() {
        return pods.client().storage().v1().volumeAttachments().list().getItems();
    }

    private Node node() {
        return pods.client().nodes().list().getItems().getFirst();
    }

    private String process(String name) {
        Pod pod = pods.pod(name);
        return cluster.containerPid(
                LivePods.container(pod, "main").getContainerID().replaceFirst(".*://", ""));
    }

    private static final String STORAGE = """
            apiVersion: storage.k8s.io/v1
            kind: CSIDriver
            metadata: {name: binds.example.com}
            spec:
              attachRequired: true
              podInfoOnMount: true
              fsGroupPolicy: File
              volumeLifecycleModes: [Persistent, Ephemeral]
              tokenRequests: [{audience: vault}]
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: key}
            stringData: {password: opensesame}
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: stage}
            stringData: {password: stage}
            ---
            apiVersion: v1
            kind: PersistentVolume
            metadata: {name: of-binds}
            spec:
              capacity: {storage: 1Gi}
              accessModes: [ReadWriteOnce]
              storageClassName: ""
              csi:
                driver: binds.example.com
                volumeHandle: v-1
                volumeAttributes: {colour: red}
                nodePublishSecretRef: {name: key, namespace: plugins}
                nodeStageSecretRef: {name: stage, namespace: plugins}
            ---
            apiVersion: v1
            kind: PersistentVolumeClaim
            metadata: {name: of-binds}
            spec:
              accessModes: [ReadWriteOnce]
              storageClassName: ""
              volumeName: of-binds
              resources: {requests: {storage: 1Gi}}
            """;

    private static final String GADGETS = """
            apiVersion: resource.k8s.io/v1
            kind: DeviceClass
            metadata: {name: gadgets.example.com}
            spec:
              extendedResourceName: example.com/gadget
              selectors:
              - cel: {expression: 'device.driver == "gadgets.example.com"'}
            ---
            apiVersion: resource.k8s.io/v1
            kind: ResourceClaimTemplate
            metadata: {name: gadget}
            spec:
              spec:
                devices:
                  requests:
                  - name: one
                    exactly: {deviceClassName: gadgets.example.com}
            """;

    /// The same pod, which asks for its gadget as for a thing.
    private static String byName(String user) {
        return user.replace("  resourceClaims: [{name: gadget, resourceClaimTemplateName: gadget}]\n", "")
                .replace("thing: 1}, claims: [{name: gadget}]}", "thing: 1, example.com/gadget: 1}}");
    }

    private static String user(String name) {
        return """
                apiVersion: v1
                kind: Pod
                metadata: {name: %s}
                spec:
                  terminationGracePeriodSeconds: 1
                  securityContext: {fsGroup: 2000}
                  resourceClaims: [{name: gadget, resourceClaimTemplateName: gadget}]
                  containers:
                  - name: main
                    BUSYBOX
                    command: [sh, -c, "trap exit TERM; sleep 1000 & wait"]
                    resources: {limits: {example.com/thing: 1}, claims: [{name: gadget}]}
                    volumeMounts: [{name: data, mountPath: /data}, {name: own, mountPath: /own}]
                  volumes:
                  - {name: data, persistentVolumeClaim: {claimName: of-binds}}
                  - {name: own, csi: {driver: binds.example.com, nodePublishSecretRef: {name: key}}}
                """.formatted(name);
    }
}
