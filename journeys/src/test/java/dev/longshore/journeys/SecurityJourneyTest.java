package dev.longshore.journeys;

import static dev.longshore.journeys.HelloApplication.PATIENCE;
import static dev.longshore.journeys.RunningCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What pods may do on their node, and what they are kept from: a few pods that start together, each of whose
/// containers tries one thing and says how it went.
@Order(6)
@ExtendWith(SharedCluster.class)
@Tag("containers")
class SecurityJourneyTest {

    private static final String SPACE = "security";

    private static RunningCluster cluster;
    private static Path profile;

    @BeforeAll
    static void make(RunningCluster shared) throws IOException {
        cluster = shared;
        profile = shared.directory().resolve("node/kubelet/seccomp/own/no-mkdir.json");
        Files.createDirectories(profile.getParent());
        Files.writeString(profile, """
                {"defaultAction":"SCMP_ACT_ALLOW",
                 "syscalls":[{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO","errnoRet":122}]}
                """);
        cluster.kubectl("create", "namespace", SPACE).succeeded();
        eventually(
                PATIENCE,
                () -> cluster.kubectl("get", "serviceaccount", "default", "-n", SPACE)
                        .succeeded());
        cluster.apply(SecurityPods.MANIFESTS);
    }

    @AfterAll
    static void remove() throws IOException {
        if (cluster != null) {
            cluster.kubectl("delete", "namespace", SPACE, "--wait=false");
            Files.deleteIfExists(profile);
        }
    }

    @Test
    void usersAndGroupsAreThoseOfTheContainerThenThoseOfThePod() {
        assertThat(said("rights", "nobody")).isEqualTo("65534 2002 2002 4004");
        assertThat(said("rights", "own")).isEqualTo("1003 3003 3003 4004");
        assertThat(said("rights", "pods")).isEqualTo("1001 2002 2002 4004");
        assertThat(cluster.get("pod rights -n " + SPACE, "{.status.containerStatuses[?(@.name==\"own\")].user.linux}"))
                .isEqualTo("{\"gid\":3003,\"supplementalGroups\":[3003,4004],\"uid\":1003}");
    }

    @Test
    void whoIsNotPrivilegedHasNoRightsOverTheNodeAndMayHaveFewerYet() {
        assertThat(said("rights", "plain")).contains("permission denied").endsWith("Seccomp:2 NoNewPrivs:0");
        assertThat(said("rights", "dropped")).isEqualTo("NoNewPrivs:1 CapEff:0000000000000400");
        assertThat(said("rights", "privileged")).isEqualTo("renamed Seccomp:0");
    }

    @Test
    void theRootFileSystemIsWritableUnlessThePodWantsOtherwise() {
        assertThat(said("rights", "writable")).isEqualTo("written");
        assertThat(said("rights", "readonly")).contains("Read-only file system");
    }

    @Test
    void callsAreFilteredAsThePodOrAFileOfTheNodesSays() {
        assertThat(said("rights", "local")).contains("uota exceeded").endsWith("Seccomp:2");
        assertThat(said("rights", "unconfined")).isEqualTo("Seccomp:0");
    }

    @Test
    void sysctlsArePodsOwnOrForbidden() {
        assertThat(said("rights", "sysctl")).isEqualTo("1");
        assertThat(cluster.kubectlWith(SecurityPods.sysctl("invalid", "foo-.bar"), "create", "-n", SPACE, "-f", "-")
                        .failed()
                        .err())
                .contains("spec.securityContext.sysctls[0].name: Invalid value: \"foo-.bar\"");
        rejected("sysctl", "SysctlForbidden", "forbidden sysctl: \"net.core.somaxconn\" not allowlisted");
    }

    @Test
    void whatTheNodeCannotEnforceKeepsThePodFromRunning() {
        if (!Files.exists(Path.of("/sys/module/apparmor"))) {
            rejected("apparmor", "AppArmor", "Cannot enforce AppArmor: AppArmor is not enabled on the host");
        }
        eventually(
                PATIENCE,
                () -> assertThat(cluster.get(
                                "pod nonroot -n " + SPACE,
                                "{.status.containerStatuses[0].state.waiting.reason}"
                                        + " {.status.containerStatuses[0].state.waiting.message}"))
                        .startsWith("CreateContainerConfigError container has runAsNonRoot and image will run as root"
                                + " (pod: \"nonroot_security("));
    }

    @Test
    void aPodWithUsersOfItsOwnIsRootToItselfAndNobodyToTheNode() {
        String[] map = said("users", "map").split(" ");
        assertThat(map[0]).isEqualTo("0");
        assertThat(Long.parseLong(map[1])).isGreaterThanOrEqualTo(65536);
        assertThat(map[2]).isEqualTo("65536");
        assertThat(said("users", "volumes"))
                .as("owners of an emptyDir, a configMap, a secret and a token, and who wrote")
                .isEqualTo("0:5005 0:5005 0:5005 1000:5005 written");
        assertThat(said("users", "unmasked")).isEqualTo("seen");
    }

    @Test
    void nothingOfTheNodesIsInAContainersReach() {
        assertThat(said("rights", "credentials")).isEqualTo("nothing");
    }

    private static void rejected(String pod, String reason, String message) {
        eventually(
                PATIENCE,
                () -> assertThat(cluster.get(
                                "pod " + pod + " -n " + SPACE, "{.status.phase} {.status.reason} {.status.message}"))
                        .isEqualTo("Failed " + reason + " Pod was rejected: " + message));
    }

    /// What a container printed, once its pod has ended.
    private static String said(String pod, String container) {
        eventually(
                PATIENCE,
                () -> assertThat(cluster.get("pod " + pod + " -n " + SPACE, "{.status.phase}"))
                        .isIn("Succeeded", "Failed"));
        return cluster.kubectl("logs", "-n", SPACE, pod, "-c", container)
                .succeeded()
                .out()
                .strip()
                .replaceAll("\\s+", " ");
    }
}
