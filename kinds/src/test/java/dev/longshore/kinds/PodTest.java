package dev.longshore.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.Resource;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

class PodTest {

    private static final String POD = """
            apiVersion: v1
            kind: Pod
            metadata: {name: web, namespace: default}
            spec:
              containers:
              - name: web
                image: nginx
                ports: [{containerPort: 80}]
                resources: {limits: {cpu: 1000m, memory: 1024Mi}}
                livenessProbe: {httpGet: {port: 80}}
            """;

    private final Cluster cluster = new Cluster();

    @Test
    void fillsInWhatKubernetesFillsIn() {
        Resource pod = cluster.read(POD);

        assertThat(pod.at("spec").toString()).isEqualTo("""
                {"containers":[{"name":"web","image":"nginx","ports":[{"containerPort":80,"protocol":"TCP"}],\
                "resources":{"limits":{"cpu":"1","memory":"1Gi"},"requests":{"cpu":"1","memory":"1Gi"}},\
                "livenessProbe":{"httpGet":{"port":80,"path":"/","scheme":"HTTP"},"timeoutSeconds":1,\
                "periodSeconds":10,"successThreshold":1,"failureThreshold":3},"imagePullPolicy":"Always",\
                "terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File"}],\
                "enableServiceLinks":true,"dnsPolicy":"ClusterFirst","restartPolicy":"Always",\
                "schedulerName":"default-scheduler","terminationGracePeriodSeconds":30,"securityContext":{}}""");
    }

    @Test
    void defaultingTwiceChangesNothingMore() {
        Resource pod = cluster.read(POD);
        Resource again = pod.copy();
        cluster.kindOf(again).strategy().applyDefaults(again);

        assertThat(again).isEqualTo(pod);
    }

    /// 1.36 gives a pod no limits of its own but those of huge pages.
    @Test
    void whatAPodAsksForAsAWholeIsFilledInFromItsContainers() {
        Resource asking = cluster.read(POD + "  resources: {requests: {cpu: 2}}\n");
        assertThat(asking.at("spec", "resources").toString()).isEqualTo("{\"requests\":{\"cpu\":\"2\"}}");

        Resource limited = cluster.read(POD + "  resources: {limits: {cpu: 2}}\n");
        assertThat(limited.at("spec", "resources").toString())
                .isEqualTo("{\"limits\":{\"cpu\":\"2\"},\"requests\":{\"cpu\":\"1\",\"memory\":\"1Gi\"}}");
    }

    @ParameterizedTest
    @CsvSource({
        "nginx, Always",
        "nginx:latest, Always",
        "nginx:1.27, IfNotPresent",
        "reg:5000/nginx, Always",
        "reg:5000/nginx:1, IfNotPresent",
        "nginx@sha256:0123, IfNotPresent"
    })
    void pullsByTag(String image, String policy) {
        Resource pod = cluster.read(POD.replace("image: nginx", "image: " + image));

        assertThat(pod.at("spec", "containers").get(0).path("imagePullPolicy").asString())
                .isEqualTo(policy);
    }

    @Test
    void beginsPendingWithItsQualityOfService() {
        Resource pod = cluster.create(POD);

        assertThat(pod.text("status", "phase")).isEqualTo("Pending");
        assertThat(pod.text("status", "qosClass")).isEqualTo("Guaranteed");
    }

    @Test
    void acceptsAGoodPod() {
        assertThat(cluster.faults(POD)).isEmpty();
    }

    @Test
    void saysWhatIsWrong() {
        assertThat(cluster.faults("""
                apiVersion: v1
                kind: Pod
                metadata: {name: web, namespace: default}
                spec:
                  restartPolicy: Sometimes
                  containers:
                  - name: Web
                    image: ""
                    ports: [{containerPort: 70000}]
                    volumeMounts: [{name: data, mountPath: /data}]
                  - name: two
                    image: nginx
                    resources: {limits: {cpu: "1"}, requests: {cpu: "2"}}
                  - name: two
                    image: nginx
                """))
                .anyMatch(fault -> fault.startsWith("spec.containers[0].name: Invalid value: \"Web\": a lowercase RFC"))
                .contains(
                        "spec.containers[0].image: Required value",
                        "spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and"
                                + " 65535, inclusive",
                        "spec.containers[0].volumeMounts[0].name: Not found: \"data\"",
                        "spec.containers[1].resources.requests: Invalid value: \"2\": must be less than or equal to cpu"
                                + " limit of 1",
                        "spec.containers[2].name: Duplicate value: \"two\"",
                        "spec.restartPolicy: Unsupported value: \"Sometimes\": supported values: \"Always\","
                                + " \"OnFailure\", \"Never\"");
    }

    @Test
    void letsImagesChangeAndLittleElse() {
        Resource old = cluster.create(POD);
        Resource image = old.copy();
        ((ObjectNode) image.at("spec", "containers").get(0)).put("image", "nginx:2");
        Resource command = old.copy();
        ((ObjectNode) command.at("spec", "containers").get(0)).put("tty", true);

        assertThat(cluster.faults(image, old)).isEmpty();
        assertThat(cluster.faults(command, old))
                .singleElement()
                .asString()
                .startsWith("spec: Forbidden: pod updates may not change fields other than");
    }

    @Test
    void waitsForTheNodeOnlyWhenThereIsOne() {
        Resource pod = cluster.create(POD);
        var strategy = cluster.kindOf(pod).strategy();

        assertThat(strategy.gracePeriod(pod, Optional.empty())).contains(Duration.ZERO);
        pod.object("spec").put("nodeName", "n1");
        assertThat(strategy.gracePeriod(pod, Optional.empty())).hasValue(Duration.ofSeconds(30));
        assertThat(strategy.gracePeriod(pod, Optional.of(Duration.ofSeconds(5))))
                .hasValue(Duration.ofSeconds(5));
        assertThat(strategy.gracePeriod(pod, Optional.of(Duration.ZERO))).contains(Duration.ZERO);
    }
}
