package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Json;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class OlderClientsTest {

    private ObjectNode body;

    private List<String> translate(int minor, String json) {
        body = (ObjectNode) Json.parse(json.replace('\'', '"'));
        return new OlderClients(new ApiVersion(minor), body).translate();
    }

    @Test
    void whatCameLaterCountsAsUnsaid() {
        String json = "{'Healthcheck':{'StartInterval':5},'HostConfig':{'Annotations':{'a':'b'},'ConsoleSize':[1,2],"
                + "'Mounts':[{'Type':'bind','BindOptions':{'CreateMountpoint':true},'VolumeOptions':{}}]}}";
        translate(40, json);

        assertThat(body.at("/Healthcheck/StartInterval").isMissingNode()).isTrue();
        assertThat(body.at("/HostConfig/Annotations").isMissingNode()).isTrue();
        assertThat(body.at("/HostConfig/ConsoleSize").isMissingNode()).isTrue();
        assertThat(body.at("/HostConfig/Mounts/0/BindOptions/CreateMountpoint").isMissingNode())
                .isTrue();
        assertThat(body.at("/HostConfig/CgroupnsMode").asString()).isEqualTo("host");
        assertThatThrownBy(() -> translate(50, json))
                .hasMessage("VolumeOptions must not be specified on mount type \"bind\"");
    }

    @Test
    void aHardwareAddressMovesToItsNetwork() {
        assertThat(translate(43, "{'MacAddress':'02:42:00:00:00:01'}")).isEmpty();
        assertThat(body.at("/NetworkingConfig/EndpointsConfig/bridge/MacAddress")
                        .asString())
                .isEqualTo("02:42:00:00:00:01");

        assertThat(translate(
                        50, "{'MacAddress':'02:42:00:00:00:01','NetworkingConfig':{'EndpointsConfig':{'default':{}}}}"))
                .singleElement()
                .asString()
                .contains("deprecated");
        assertThat(body.at("/NetworkingConfig/EndpointsConfig/default/MacAddress")
                        .asString())
                .isEqualTo("02:42:00:00:00:01");
        assertThatThrownBy(() -> translate(
                        50,
                        "{'MacAddress':'02:42:00:00:00:01','NetworkingConfig':{'EndpointsConfig':{'bridge':"
                                + "{'MacAddress':'02:42:00:00:00:02'}}}}"))
                .hasMessageStartingWith("the container-wide MAC address must match");
    }

    @Test
    void severalNetworksAndSubpathsNeedTheirVersion() {
        String two = "{'NetworkingConfig':{'EndpointsConfig':{'a':{},'b':{}}}}";

        assertThatThrownBy(() -> translate(43, two))
                .hasMessage("Container cannot be created with multiple network endpoints: a, b");
        assertThat(translate(44, two)).isEmpty();
        assertThatThrownBy(() ->
                        translate(44, "{'HostConfig':{'Mounts':[{'Type':'volume','VolumeOptions':{'Subpath':'x'}}]}}"))
                .hasMessage("VolumeOptions.Subpath needs API v1.45 or newer");
    }

    @Test
    void settingsOfAnInterfaceMoveToItsNetworkOrAreRefused() {
        String json = "{'HostConfig':{'Sysctls':{'net.ipv4.conf.eth0.forwarding':'1','kernel.sem':'1'}}}";

        assertThat(translate(46, json)).hasSize(1);
        assertThat(body.at("/NetworkingConfig/EndpointsConfig/bridge/DriverOpts")
                        .toString())
                .isEqualTo("{\"com.docker.network.endpoint.sysctls\":\"net.ipv4.conf.IFNAME.forwarding=1\"}");
        assertThat(body.at("/HostConfig/Sysctls").toString()).isEqualTo("{\"kernel.sem\":\"1\"}");
        assertThatThrownBy(() -> translate(47, json)).hasMessageContaining("must be supplied using driver option");
    }

    @Test
    void nullsAndStrangeShapesAreNoPlacesToFall() {
        assertThat(translate(
                        43,
                        "{'HostConfig':{'Mounts':[null,1],'Sysctls':null},"
                                + "'NetworkingConfig':{'EndpointsConfig':{'default':null}}}"))
                .isEmpty();
    }
}
