package dev.longshore.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.apiserver.RuntimeConfig;
import dev.longshore.base.Time;
import dev.longshore.kinds.authorization.config.AuthorizationChoice;
import dev.longshore.kinds.authorization.config.AuthorizationConfiguration.HookFlags;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A cluster at work, whose API server asks a back end about every request before it asks for roles: what its own
/// components want is known then.
class LeastPrivilegeTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String WORK = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              replicas: 2
              selector: {matchLabels: {app: web}}
              template: &pod
                metadata: {labels: {app: web}}
                spec: {containers: [{name: main, image: i, resources: {requests: {cpu: 10m}}}]}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: web}
            spec: {selector: {app: web}, ports: [{port: 80}]}
            ---
            apiVersion: policy/v1
            kind: PodDisruptionBudget
            metadata: {name: web}
            spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}
            ---
            apiVersion: v1
            kind: ResourceQuota
            metadata: {name: all}
            spec: {hard: {pods: 20}}
            ---
            apiVersion: autoscaling/v2
            kind: HorizontalPodAutoscaler
            metadata: {name: web}
            spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, maxReplicas: 2}
            ---
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: {name: db}
            spec:
              serviceName: db
              selector: {matchLabels: {app: db}}
              template:
                metadata: {labels: {app: db}}
                spec: {containers: [{name: main, image: i}]}
            ---
            apiVersion: apps/v1
            kind: DaemonSet
            metadata: {name: agent}
            spec:
              selector: {matchLabels: {app: agent}}
              template:
                metadata: {labels: {app: agent}}
                spec: {containers: [{name: main, image: i}]}
            ---
            apiVersion: batch/v1
            kind: Job
            metadata: {name: once}
            spec:
              template:
                metadata: {annotations: {longshore.dev/exit-after: 1s}}
                spec: {restartPolicy: Never, containers: [{name: main, image: i}]}
            """;

    @TempDir
    private Path directory;

    @Test
    void noComponentIsAnAdministratorOrAsksForMoreThanItHas() throws Exception {
        try (var backEnd = new AccessBackEnd(spec -> "{\"allowed\":false}")) {
            ApiSettings settings = ApiSettings.of(RuntimeConfig.DEFAULT)
                    .withMetricResolution(Duration.ofSeconds(1))
                    .with(AuthorizationChoice.ofFlags(
                            List.of("Webhook", "Node", "RBAC"),
                            "",
                            new HookFlags(
                                    backEnd.kubeconfig(directory).toString(),
                                    "v1",
                                    Duration.ofMinutes(5),
                                    Duration.ofMinutes(5))));
            try (var cluster = new HollowCluster(2, directory.resolve("cluster"), settings, Time.system());
                    KubernetesClient admin = new KubernetesClientBuilder()
                            .withConfig(Config.fromKubeconfig(cluster.kubeconfig()))
                            .build()) {
                work(admin);
                judge(backEnd, admin);
            }
        }
    }

    private static void work(KubernetesClient admin) {
        admin.load(new java.io.ByteArrayInputStream(
                        WORK.replace("&pod", "").getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .inNamespace("default")
                .create();
        admin.apps()
                .deployments()
                .inNamespace("default")
                .withName("web")
                .waitUntilCondition(
                        web -> web != null
                                && Integer.valueOf(2).equals(web.getStatus().getReadyReplicas()),
                        PATIENCE.toSeconds(),
                        TimeUnit.SECONDS);
        admin.apps()
                .daemonSets()
                .inNamespace("default")
                .withName("agent")
                .waitUntilCondition(
                        agent -> agent != null
                                && Integer.valueOf(2).equals(agent.getStatus().getNumberReady()),
                        PATIENCE.toSeconds(),
                        TimeUnit.SECONDS);
        admin.apps().statefulSets().inNamespace("default").withName("db").delete();
        admin.pods()
                .inNamespace("default")
                .withName("db-0")
                .waitUntilCondition(java.util.Objects::isNull, PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private void judge(AccessBackEnd backEnd, KubernetesClient admin) throws Exception {
        Map<String, Set<String>> wanted = new TreeMap<>();
        var refused = new TreeSet<String>();
        var mighty = new TreeSet<String>();
        for (JsonNode spec : List.copyOf(backEnd.asked())) {
            String user = spec.path("user").asString();
            SubjectAccessReview review = Serialization.unmarshal(
                    "{\"apiVersion\":\"authorization.k8s.io/v1\",\"kind\":\"SubjectAccessReview\",\"spec\":" + spec
                            + "}",
                    SubjectAccessReview.class);
            // A second question of the same: the cache has it.
            boolean isFirst =
                    wanted.computeIfAbsent(user, unseen -> new TreeSet<>()).add(shown(spec));
            if (isFirst && !isAllowed(admin, review) && !isOfSomethingGone(user, spec)) {
                refused.add(user + " " + shown(spec));
            }
            assertThat(review.getSpec().getGroups()).as(user).doesNotContain("system:masters");
            if (wanted.get(user).size() == 1 && isAllowed(admin, everything(review))) {
                mighty.add(user);
            }
        }

        assertThat(mighty).isEmpty();
        assertThat(refused).isEmpty();
        assertThat(wanted.keySet())
                .contains(
                        "system:kube-scheduler",
                        "system:kube-controller-manager",
                        "system:apiserver",
                        "system:node:node-1",
                        "system:serviceaccount:kube-system:deployment-controller");
        String documentation = Files.readString(Path.of("../docs/authorization.md"));
        assertThat(wanted.keySet())
                .allSatisfy(user -> assertThat(documentation)
                        .contains("`"
                                + user.replaceFirst("^system:serviceaccount:kube-system:", "")
                                        .replaceFirst("^system:node:.*", "system:node:NAME")
                                + "`"));
    }

    /// What a node may read depends on its pods.
    private static boolean isOfSomethingGone(String user, JsonNode spec) {
        return user.startsWith("system:node:")
                && !spec.path("resourceAttributes").path("name").asString("").isEmpty();
    }

    private static String shown(JsonNode spec) {
        JsonNode resource = spec.path("resourceAttributes");
        return resource.isMissingNode()
                ? spec.path("nonResourceAttributes").toString()
                : resource.path("verb").asString("") + " "
                        + resource.path("group").asString("") + "/"
                        + resource.path("resource").asString("") + "/"
                        + resource.path("subresource").asString("");
    }

    private static SubjectAccessReview everything(SubjectAccessReview review) {
        return new SubjectAccessReviewBuilder(review)
                .editSpec()
                .withNonResourceAttributes(null)
                .withNewResourceAttributes()
                .withVerb("*")
                .withGroup("*")
                .withResource("*")
                .endResourceAttributes()
                .endSpec()
                .build();
    }

    private static boolean isAllowed(KubernetesClient admin, SubjectAccessReview review) {
        return Boolean.TRUE.equals(admin.authorization()
                .v1()
                .subjectAccessReview()
                .create(review)
                .getStatus()
                .getAllowed());
    }
}
