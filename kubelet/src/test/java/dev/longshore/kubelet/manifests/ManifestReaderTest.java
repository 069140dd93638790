package dev.longshore.kubelet.manifests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.ManualTime;
import io.fabric8.kubernetes.api.model.Pod;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManifestReaderTest {

    private static final String WEB = """
            apiVersion: v1
            kind: Pod
            metadata: {name: web}
            spec: {containers: [{name: main, image: busybox}]}
            """;

    private final ManifestReader reader = new ManifestReader("node-1", new ManualTime());

    @Test
    void aPodIsCompletedAndBoundToItsNode() throws ManifestException {
        Pod pod = reader.read("web.yaml", WEB);

        assertThat(pod.getMetadata().getName()).isEqualTo("web-node-1");
        assertThat(pod.getMetadata().getNamespace()).isEqualTo("default");
        assertThat(pod.getSpec().getNodeName()).isEqualTo("node-1");
        assertThat(pod.getSpec().getRestartPolicy()).isEqualTo("Always");
        assertThat(pod.getSpec().getContainers().getFirst().getImagePullPolicy())
                .isEqualTo("Always");
        assertThat(pod.getSpec().getTolerations().getLast().getEffect()).isEqualTo("NoExecute");
        assertThat(pod.getMetadata().getAnnotations())
                .containsEntry("kubernetes.io/config.source", "file")
                .containsEntry("kubernetes.io/config.hash", pod.getMetadata().getUid());
    }

    @Test
    void eachTextAndEachFileMakesAnotherPod() throws ManifestException {
        String uid = reader.read("web.yaml", WEB).getMetadata().getUid();

        assertThat(uid).hasSize(32);
        assertThat(reader.read("web.yaml", WEB).getMetadata().getUid()).isEqualTo(uid);
        assertThat(reader.read("other.yaml", WEB).getMetadata().getUid()).isNotEqualTo(uid);
        assertThat(reader.read("web.yaml", WEB.replace("busybox", "nginx"))
                        .getMetadata()
                        .getUid())
                .isNotEqualTo(uid);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ][                                                                 | couldn't parse as pod
                    kind: Pod                                                          | couldn't parse as pod: it is "Pod", not "v1 Pod"
                    {apiVersion: v1, kind: Pod, spec: {containers: [{name: a, image: b}]}} | invalid pod: name is needed for the pod
                    {apiVersion: v1, kind: Pod, metadata: {name: A}, spec: {containers: [{name: a, image: b}]}} | invalid pod: metadata.name: "A"
                    {apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: x}} | couldn't parse as pod
                    {apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {}}         | invalid pod: spec.containers: Required value
                    """)
    void whatIsNoPodIsRefusedWithTheReason(String text, String reason) {
        assertThatThrownBy(() -> reader.read("a.yaml", text)).hasMessageStartingWith(reason);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    serviceAccountName: robot                                   | serviceaccounts
                    imagePullSecrets: [{name: login}]                           | secrets
                    volumes: [{name: v, configMap: {name: c}}]                  | configmaps (via configmap volumes)
                    volumes: [{name: v, secret: {secretName: c}}]               | secrets (via secret volumes)
                    volumes: [{name: v, persistentVolumeClaim: {claimName: c}}] | persistentvolumeclaims
                    volumes: [{name: v, projected: {sources: [{configMap: {name: c}}]}}] | configmaps (via projected volumes)
                    """)
    void whatNeedsTheServerIsRefused(String spec, String what) {
        String text = "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {%s, containers: [{name: a, image: b}]}}"
                .formatted(spec);

        assertThatThrownBy(() -> reader.read("a.yaml", text)).hasMessage("static pods may not reference " + what);
    }

    @Test
    void environmentsOutOfTheServerAreRefused() {
        String text = """
                apiVersion: v1
                kind: Pod
                metadata: {name: a}
                spec:
                  containers:
                  - {name: a, image: b, env: [{name: E, valueFrom: {configMapKeyRef: {name: c, key: k}}}]}
                """;

        assertThatThrownBy(() -> reader.read("a.yaml", text)).hasMessage("static pods may not reference configmaps");
    }
}
