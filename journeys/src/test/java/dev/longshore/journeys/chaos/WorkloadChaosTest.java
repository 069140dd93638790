package dev.longshore.journeys.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.Time;
import dev.longshore.client.Clients;
import dev.longshore.client.Informers;
import dev.longshore.controllers.ControllerContext;
import dev.longshore.controllers.Controllers;
import dev.longshore.journeys.everykind.LoneApi;
import dev.longshore.model.UserInfo;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Workloads while the API server fails at random and the controllers are restarted again and again. Short in
/// every build; `./longshore test --long` rolls 200 Deployments 30 times (`-Dlongshore.rounds=N`: N times).
///
/// The long form takes longer than a test usually may.
@Timeout(value = 2, unit = TimeUnit.HOURS)
class WorkloadChaosTest {

    private static final boolean IS_LONG = Boolean.getBoolean("longshore.long");
    private static final int DEPLOYMENTS = IS_LONG ? 200 : 5;
    private static final int JOBS = IS_LONG ? 40 : 3;
    private static final int ROUNDS = Integer.getInteger("longshore.rounds", IS_LONG ? 30 : 4);
    private static final Duration PATIENCE = Duration.ofSeconds(IS_LONG ? 600 : 90);
    private static final String NAMESPACE = "chaos";
    private static final UserInfo ADMIN = UserInfo.of("admin", UserInfo.MASTERS);

    private final long seed = Long.getLong("longshore.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final LoneApi api = new LoneApi(Time.system());
    private final FaultyApi faulty = new FaultyApi(api::handle, new Random(seed + 1));
    private final KubernetesClient sound = Clients.inProcess(api::handle, ADMIN);
    private final PodRunner runner = new PodRunner(sound, NAMESPACE, random);
    private final List<KubernetesClient> clients = new ArrayList<>();
    private Controllers controllers;

    @AfterEach
    void close() {
        stop();
        sound.close();
        api.close();
    }

    @Test
    void inTheEndEverythingIsAsSpecifiedAndNoPodWasMadeTwiceOrLost() throws InterruptedException {
        sound.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(NAMESPACE)
                        .endMetadata()
                        .build())
                .create();
        start();
        await().atMost(PATIENCE)
                .until(() -> sound.serviceAccounts()
                                .inNamespace(NAMESPACE)
                                .withName("default")
                                .get()
                        != null);
        for (int i = 0; i < DEPLOYMENTS; i++) {
            sound.resource(deployment("web-" + i)).create();
        }
        for (int i = 0; i < JOBS; i++) {
            sound.resource(job("work-" + i)).create();
        }
        sound.resource(set()).create();

        for (int round = 1; round <= ROUNDS; round++) {
            tell("round %d of %d, %d faults so far".formatted(round, ROUNDS, faulty.faults()));
            roll(round);
            for (int step = 0; step < 8; step++) {
                runner.live();
                Time.system().sleep(Duration.ofMillis(50));
            }
            stop();
            start();
        }
        faulty.recover();
        tell("nothing fails any more, after " + faulty.told());

        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).untilAsserted(() -> {
            runner.live();
            assertAllIsAsSpecified();
        });
        assertThat(faulty.faults()).as("what failed, with seed %d", seed).isGreaterThan(20);
        tell("all is as specified: %d Deployments, %d Jobs, a StatefulSet; %d pods of Jobs ended well, %d not; seed %d"
                .formatted(DEPLOYMENTS, JOBS, runner.succeeded(), runner.failed(), seed));
    }

    /// In a long run people want to see how it goes.
    private void tell(String what) {
        if (IS_LONG) {
            System.out.printf("%s  %s%n", Time.system().now().truncatedTo(ChronoUnit.SECONDS), what);
        }
    }

    /// New templates and sizes for all.
    private void roll(int round) {
        for (int i = 0; i < DEPLOYMENTS; i++) {
            int replicas = random.nextInt(5);
            String name = "web-" + i;
            untilNobodyInterferes(() -> sound.apps()
                    .deployments()
                    .inNamespace(NAMESPACE)
                    .withName(name)
                    .edit(stored -> new DeploymentBuilder(stored)
                            .editSpec()
                            .withReplicas(replicas)
                            .editTemplate()
                            .editSpec()
                            .editFirstContainer()
                            .withImage("web:" + round)
                            .endContainer()
                            .endSpec()
                            .endTemplate()
                            .endSpec()
                            .build()));
        }
    }

    private void assertAllIsAsSpecified() {
        List<Pod> pods = sound.pods().inNamespace(NAMESPACE).list().getItems();
        Map<String, List<Pod>> byOwner = pods.stream()
                .collect(Collectors.groupingBy(
                        pod -> pod.getMetadata().getOwnerReferences().getFirst().getUid()));
        List<ReplicaSet> sets =
                sound.apps().replicaSets().inNamespace(NAMESPACE).list().getItems();
        for (Deployment deployment :
                sound.apps().deployments().inNamespace(NAMESPACE).list().getItems()) {
            assertIsAsSpecified(deployment, sets, byOwner);
        }
        List<Job> jobs = sound.batch().v1().jobs().inNamespace(NAMESPACE).list().getItems();
        jobs.forEach(this::assertIsAsSpecified);
        StatefulSet set = sound.apps()
                .statefulSets()
                .inNamespace(NAMESPACE)
                .withName("db")
                .get();
        assertThat(set.getStatus().getReadyReplicas()).isEqualTo(3);
        assertThat(byOwner.get(set.getMetadata().getUid())).hasSize(3);
        assertThat(byOwner.keySet())
                .as("owners of pods are there")
                .isSubsetOf(Stream.of(sets, jobs, List.of(set))
                        .flatMap(List::stream)
                        .map(owner -> owner.getMetadata().getUid())
                        .toList());
    }

    private static void assertIsAsSpecified(
            Deployment deployment, List<ReplicaSet> sets, Map<String, List<Pod>> byOwner) {
        String name = deployment.getMetadata().getName();
        int wanted = deployment.getSpec().getReplicas();
        String image = image(deployment.getSpec().getTemplate().getSpec().getContainers());
        int present = 0;
        for (ReplicaSet set : sets) {
            boolean isOurs = set.getMetadata()
                    .getOwnerReferences()
                    .getFirst()
                    .getUid()
                    .equals(deployment.getMetadata().getUid());
            if (!isOurs) {
                continue;
            }
            boolean isNewest =
                    image(set.getSpec().getTemplate().getSpec().getContainers()).equals(image);
            int pods =
                    byOwner.getOrDefault(set.getMetadata().getUid(), List.of()).size();
            assertThat(pods).as("pods of %s", set.getMetadata().getName()).isEqualTo(isNewest ? wanted : 0);
            present += pods;
        }
        assertThat(present).as("pods of %s", name).isEqualTo(wanted);
        assertThat(deployment.getStatus().getObservedGeneration())
                .isEqualTo(deployment.getMetadata().getGeneration());
        assertThat(orZero(deployment.getStatus().getAvailableReplicas()))
                .as("available pods of %s", name)
                .isEqualTo(wanted);
        assertThat(orZero(deployment.getStatus().getUpdatedReplicas())).isEqualTo(wanted);
    }

    private void assertIsAsSpecified(Job job) {
        String name = job.getMetadata().getName();
        assertThat(orZero(job.getStatus().getSucceeded()))
                .as("successes of %s", name)
                .isEqualTo(runner.succeeded(name));
        assertThat(orZero(job.getStatus().getFailed()))
                .as("failures of %s", name)
                .isEqualTo(runner.failed(name));
    }

    private static String image(List<io.fabric8.kubernetes.api.model.Container> containers) {
        return containers.getFirst().getImage();
    }

    /// Controllers write, too, between reading and writing.
    private static void untilNobodyInterferes(Runnable change) {
        for (int attempt = 0; ; attempt++) {
            try {
                change.run();
                return;
            } catch (KubernetesClientException refused) {
                if (refused.getCode() != 409 || attempt == 20) {
                    throw refused;
                }
            }
        }
    }

    private static int orZero(Integer count) {
        return count == null ? 0 : count;
    }

    private void start() throws InterruptedException {
        Time time = Time.system();
        controllers = new Controllers(new ControllerContext(
                name -> client(),
                new Informers(client(), time),
                time,
                new Random(random.nextLong()),
                "host",
                "10.244.0.0/16",
                NothingOutside.ROOT,
                NothingOutside.SIGNER,
                Duration.ofDays(365),
                NothingOutside.tokens(),
                NothingOutside.DIRECTORIES,
                Optional.empty()));
        controllers.start();
    }

    private void stop() {
        if (controllers != null) {
            controllers.close();
        }
        clients.forEach(KubernetesClient::close);
        clients.clear();
    }

    private KubernetesClient client() {
        KubernetesClient client = Clients.inProcess(faulty, ADMIN);
        clients.add(client);
        return client;
    }

    private static Deployment deployment(String name) {
        return new DeploymentBuilder()
                .withNewMetadata()
                .withNamespace(NAMESPACE)
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withReplicas(3)
                .withNewSelector()
                .addToMatchLabels("app", name)
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels("app", name)
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("main")
                .withImage("web:0")
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }

    /// May fail as often as it likes.
    private static Job job(String name) {
        return new JobBuilder()
                .withNewMetadata()
                .withNamespace(NAMESPACE)
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withCompletions(6)
                .withParallelism(6)
                .withBackoffLimit(1000)
                .withNewTemplate()
                .withNewSpec()
                .withRestartPolicy("Never")
                .addNewContainer()
                .withName("main")
                .withImage("work")
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }

    private static StatefulSet set() {
        return new StatefulSetBuilder()
                .withNewMetadata()
                .withNamespace(NAMESPACE)
                .withName("db")
                .endMetadata()
                .withNewSpec()
                .withReplicas(3)
                .withServiceName("db")
                .withNewSelector()
                .addToMatchLabels("app", "db")
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels("app", "db")
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("main")
                .withImage("db")
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }
}
