package dev.longshore.guests.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.WaitContainerResultCallback;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Network;
import com.github.dockerjava.api.model.PruneType;
import com.github.dockerjava.api.model.Volume;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// docker-java on networks, volumes and the engine itself.
@ExtendWith(RunningEngine.class)
class DockerJavaSystemTest {

    private DockerClient docker;

    @BeforeEach
    void connect(RunningEngine.Engine engine) {
        docker = Clients.over("zerodep", engine);
    }

    @AfterEach
    void disconnect() throws IOException {
        docker.close();
    }

    @Test
    void theEngineTellsOfItself() {
        docker.pingCmd().exec();
        assertThat(docker.versionCmd().exec().getApiVersion()).isEqualTo("1.50");
        var info = docker.infoCmd().exec();
        assertThat(info.getOsType()).isEqualTo("linux");
        assertThat(info.getNCPU()).isPositive();
        assertThat(info.getMemTotal()).isPositive();
    }

    @Test
    void containersFindEachOtherByNameInANetwork() throws Exception {
        String network = docker.createNetworkCmd()
                .withName("guests")
                .withDriver("bridge")
                .withLabels(Map.of("of", "guests"))
                .withIpam(new Network.Ipam().withConfig(List.of(new Network.Ipam.Config().withSubnet("10.213.7.0/24"))))
                .exec()
                .getId();
        String server = docker.createContainerCmd(Clients.BASE)
                .withName("server")
                .withCmd("sh", "-c", "mkdir /srv && echo found > /srv/index.html && httpd -f -p 80 -h /srv")
                .withHostConfig(HostConfig.newHostConfig().withNetworkMode("guests"))
                .withAliases("www")
                .exec()
                .getId();
        docker.startContainerCmd(server).exec();
        String client = docker.createContainerCmd(Clients.BASE)
                .withCmd(
                        "sh",
                        "-c",
                        "for i in 1 2 3 4 5 6 7 8 9; do wget -qO- http://www/ && exit 0; sleep 0.3; done; exit 1")
                .exec()
                .getId();
        docker.connectToNetworkCmd()
                .withContainerId(client)
                .withNetworkId(network)
                .exec();

        docker.startContainerCmd(client).exec();
        assertThat(docker.waitContainerCmd(client)
                        .exec(new WaitContainerResultCallback())
                        .awaitStatusCode())
                .isZero();

        Output logs = docker.logContainerCmd(client).withStdOut(true).exec(new Output());
        assertThat(logs.awaitCompletion(20, TimeUnit.SECONDS)).isTrue();
        assertThat(logs.out()).isEqualTo("found\n");
        var inspected = docker.inspectNetworkCmd().withNetworkId("guests").exec();
        assertThat(inspected.getIpam().getConfig().getFirst().getSubnet()).isEqualTo("10.213.7.0/24");
        assertThat(inspected.getContainers()).containsKey(server);
        assertThat(docker.listNetworksCmd().withNameFilter("guests").exec()).hasSize(1);
        docker.disconnectFromNetworkCmd()
                .withContainerId(client)
                .withNetworkId(network)
                .exec();
        docker.removeContainerCmd(client).withForce(true).exec();
        docker.removeContainerCmd(server).withForce(true).exec();
        docker.removeNetworkCmd(network).exec();
        assertThatThrownBy(
                        () -> docker.inspectNetworkCmd().withNetworkId(network).exec())
                .isInstanceOf(NotFoundException.class);
    }

    @Test
    void volumesKeepWhatContainersWrite() throws Exception {
        docker.createVolumeCmd()
                .withName("kept")
                .withLabels(Map.of("of", "guests"))
                .exec();
        assertThat(run("echo written > /data/file")).isEmpty();
        assertThat(run("cat /data/file")).isEqualTo("written\n");

        assertThat(docker.inspectVolumeCmd("kept").exec().getDriver()).isEqualTo("local");
        assertThat(docker.listVolumesCmd()
                        .withFilter("label", List.of("of=guests"))
                        .exec()
                        .getVolumes())
                .singleElement()
                .satisfies(volume -> assertThat(volume.getName()).isEqualTo("kept"));
        docker.removeVolumeCmd("kept").exec();
        assertThatThrownBy(() -> docker.inspectVolumeCmd("kept").exec()).isInstanceOf(NotFoundException.class);
    }

    @Test
    void whatIsNotNeededIsPruned() throws Exception {
        String done =
                docker.createContainerCmd(Clients.BASE).withCmd("true").exec().getId();
        docker.createVolumeCmd().exec();
        docker.createNetworkCmd().withName("unused").exec();

        assertThat(docker.pruneCmd(PruneType.CONTAINERS).exec().getSpaceReclaimed())
                .isNotNegative();
        docker.pruneCmd(PruneType.VOLUMES).exec();
        docker.pruneCmd(PruneType.NETWORKS).exec();
        docker.pruneCmd(PruneType.IMAGES).withDangling(true).exec();
        docker.pruneCmd(PruneType.BUILD).exec();

        assertThatThrownBy(() -> docker.inspectContainerCmd(done).exec()).isInstanceOf(NotFoundException.class);
        assertThat(docker.listNetworksCmd().withNameFilter("unused").exec()).isEmpty();
    }

    private String run(String script) throws InterruptedException {
        String container = docker.createContainerCmd(Clients.BASE)
                .withCmd("sh", "-c", script)
                .withHostConfig(HostConfig.newHostConfig().withBinds(new Bind("kept", new Volume("/data"))))
                .exec()
                .getId();
        docker.startContainerCmd(container).exec();
        docker.waitContainerCmd(container)
                .exec(new WaitContainerResultCallback())
                .awaitStatusCode();
        Output logs = docker.logContainerCmd(container)
                .withStdOut(true)
                .withStdErr(true)
                .exec(new Output());
        assertThat(logs.awaitCompletion(20, TimeUnit.SECONDS)).isTrue();
        docker.removeContainerCmd(container).exec();
        return logs.out() + logs.err();
    }
}
