package dev.longshore.kubelet.volumes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.ManualTime;
import dev.longshore.kubelet.pods.FakeCluster;
import dev.longshore.linux.RecordingCommands;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What stands behind volumes, and what the pod is told when it does not.
class VolumeSourcesTest {

    @TempDir
    Path directory;

    private final FakeCluster cluster = new FakeCluster();

    @Test
    void saysOfEachVolumeWhyItFailsAndMountsTheOthers() {
        var pod = pod("{name: a, secret: {secretName: keys}}, {name: b, emptyDir: {}},"
                + " {name: c, persistentVolumeClaim: {claimName: data}}");
        cluster.claims.put("data", claim("Pending", "uid-claim"));
        HostVolumes volumes = volumes(List.of());

        assertThatThrownBy(() -> volumes.mount(pod)).isInstanceOf(VolumeException.class);
        assertThat(volumes.news("uid-web"))
                .containsExactly(
                        new VolumeEvent(
                                "FailedMount", "MountVolume.SetUp failed for volume \"a\" : secret \"keys\" not found"),
                        new VolumeEvent(
                                "FailedMount",
                                "Unable to attach or mount volumes: unmounted volumes=[a c], unattached volumes=[],"
                                        + " failed to process volumes=[c]: error processing PVC default/data: PVC is"
                                        + " not bound"));
        assertThat(directory.resolve("root/pods/uid-web/volumes/kubernetes.io~empty-dir/b"))
                .isDirectory();
    }

    @Test
    void aClaimLeadsToTheVolumeThatIsBoundToIt() throws Exception {
        cluster.claims.put("data", claim("Bound", "uid-claim"));
        cluster.volumes.put("pv", persistent("uid-claim"));
        var pod = pod("{name: c, persistentVolumeClaim: {claimName: data, readOnly: true}}");

        assertThat(volumes(List.of()).mount(pod))
                .containsExactly(Map.entry("c", new MountedVolume.Files(directory.resolve("made"), true)));
        assertThat(directory.resolve("made")).isDirectory();

        cluster.volumes.put("pv", persistent("another"));
        assertThatThrownBy(() -> volumes(List.of()).mount(pod))
                .hasMessageContaining("found PV object pv but its pv.Spec.ClaimRef.UID another does not point to"
                        + " claim.UID uid-claim");
    }

    @Test
    void anEphemeralVolumeMustBeThePodsOwn() {
        cluster.claims.put("web-own", claim("Bound", "uid-claim"));
        cluster.volumes.put("pv", persistent("uid-claim"));

        assertThatThrownBy(() -> volumes(List.of()).mount(pod("{name: own, ephemeral: {}}")))
                .hasMessageContaining("PVC default/web-own was not created for pod default/web (pod is not owner)");
    }

    @Test
    void trustAnchorsOfBundlesComeOnceEach() throws Exception {
        String one = "-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n";
        String other = "-----BEGIN CERTIFICATE-----\nBAUG\n-----END CERTIFICATE-----\n";
        cluster.trustBundles.put("named", one + one);
        cluster.trustBundles.put("example.com:signer:a", "a comment\n" + one);
        cluster.trustBundles.put("example.com:signer:b", other + one);
        var pod = pod("{name: v, projected: {sources: [{clusterTrustBundle: {name: named, path: named}},"
                + " {clusterTrustBundle: {signerName: example.com/signer, labelSelector: {}, path: signer}},"
                + " {clusterTrustBundle: {name: none, optional: true, path: none}}]}}");

        var place = ((MountedVolume.Files) volumes(List.of()).mount(pod).get("v")).path();

        assertThat(place.resolve("named")).hasContent(one);
        assertThat(place.resolve("signer")).hasContent(one + other);
        assertThat(place.resolve("none")).isEmptyFile();
        assertThatThrownBy(() -> volumes(List.of())
                        .mount(pod("{name: v, projected: {sources: [{clusterTrustBundle: {signerName:"
                                + " example.com/signer, path: x}}]}}")))
                .hasMessageContaining("combination of signerName and labelSelector matched zero ClusterTrustBundles");
    }

    @Test
    void aDriverIsAskedBeforeTheKindsThatAreBuiltIn() throws Exception {
        var driver = new VolumeDriver() {
            private boolean isUp;

            @Override
            public boolean provides(Wanted wanted) {
                return wanted.volume().getCsi() != null;
            }

            @Override
            public MountedVolume mount(PodContext pod, Wanted wanted) {
                isUp = true;
                return new MountedVolume.Files(directory, false);
            }

            @Override
            public void unmount(String podUid) {
                isUp = false;
            }

            @Override
            public Set<String> pods() {
                return isUp ? Set.of("uid-web") : Set.of();
            }
        };
        HostVolumes volumes = volumes(List.of(driver));

        assertThat(volumes.mount(pod("{name: v, csi: {driver: example.com}}")))
                .containsEntry("v", new MountedVolume.Files(directory, false));
        assertThat(volumes.left()).containsExactly("uid-web");
        volumes.unmount("uid-web");
        assertThat(volumes.left()).isEmpty();
    }

    private HostVolumes volumes(List<VolumeDriver> drivers) {
        return new HostVolumes(
                directory.resolve("root"),
                directory.resolve("memory"),
                cluster,
                new NodeAccess(new PretendedMounts(), new RecordingCommands(), Map::of),
                drivers,
                new ManualTime());
    }

    private static PersistentVolumeClaim claim(String phase, String uid) {
        return Serialization.unmarshal(
                "---\n{metadata: {name: data, uid: %s}, spec: {volumeName: pv}, status: {phase: %s}}"
                        .formatted(uid, phase),
                PersistentVolumeClaim.class);
    }

    private PersistentVolume persistent(String claimUid) {
        return Serialization.unmarshal(
                "---\n{metadata: {name: pv}, spec: {claimRef: {uid: %s}, hostPath: {path: %s, type: DirectoryOrCreate}}}"
                        .formatted(claimUid, directory.resolve("made")),
                PersistentVolume.class);
    }

    private static PodContext pod(String volumes) {
        Pod pod = Serialization.unmarshal(
                "---\n{metadata: {name: web, namespace: default, uid: uid-web}, spec: {volumes: [%s]}}"
                        .formatted(volumes),
                Pod.class);
        return new PodContext(pod, List.of("10.0.0.1"), List.of("192.0.2.1"), Map.of());
    }
}
