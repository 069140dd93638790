package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.network.HostPorts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class VolumesAndNetworksTest extends WithEngine {

    @Test
    void aNewVolumeBeginsWithWhatTheImageHasAtItsPlace() throws Exception {
        engine.create("web", ",'HostConfig':{'Binds':['data:/data','other:/data2:ro']}");

        Path volume =
                Path.of(engine.get("/volumes/data").body().path("Mountpoint").asString());

        assertThat(volume.resolve("seed")).hasContent("from the image");
        var mounts = engine.inspect("web").path("Mounts");
        assertThat(mounts.path(0).path("Name").asString()).isEqualTo("data");
        assertThat(mounts.path(1).path("RW").asBoolean(true)).isFalse();
    }

    @Test
    void aVolumeInUseStays() {
        String id = engine.create("web", ",'HostConfig':{'Binds':['data:/data']}");

        var refused = engine.delete("/volumes/data");

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.message()).isEqualTo("remove data: volume is in use - [" + id + "]");
        engine.delete("/containers/web?v=1");
        assertThat(engine.get("/volumes/data").status()).isEqualTo(200);
        assertThat(engine.delete("/volumes/data").status()).isEqualTo(204);
        assertThat(engine.get("/volumes/data").message()).isEqualTo("get data: no such volume");
    }

    @Test
    void volumesWithoutNamesGoWithTheirContainer() {
        engine.create("web", ",'Volumes':{'/data':{}}");
        assertThat(engine.get("/volumes").body().path("Volumes")).hasSize(1);

        engine.delete("/containers/web?v=1");

        assertThat(engine.get("/volumes").body().path("Volumes")).isEmpty();
    }

    @Test
    void aBindMountOfNothingIsMadeOrRefused() {
        Path absent = root.resolve("absent");
        assertThat(engine.post(
                                "/containers/create",
                                "{'Image':'app','HostConfig':{'Mounts':[{'Type':'bind','Source':'" + absent
                                        + "','Target':'/x'}]}}")
                        .message())
                .isEqualTo("invalid mount config for type \"bind\": bind source path does not exist: " + absent);

        engine.create("web", ",'HostConfig':{'Binds':['" + absent + ":/x']}");

        assertThat(Files.isDirectory(absent)).isTrue();
        assertThat(engine.post("/containers/create", "{'Image':'app','HostConfig':{'Binds':['va:/x','vb:/x']}}")
                        .message())
                .isEqualTo("Duplicate mount point: /x");
    }

    @Test
    void containersGetAddressesAndNamesOnANetworkOfTheirOwn() {
        engine.post("/networks/create", "{'Name':'front'}");
        engine.run(
                "web",
                ",'HostConfig':{'NetworkMode':'front'},"
                        + "'NetworkingConfig':{'EndpointsConfig':{'front':{'Aliases':['www']}}}");
        engine.run("db", ",'HostConfig':{'NetworkMode':'front'}");

        var network =
                engine.inspect("db").path("NetworkSettings").path("Networks").path("front");

        assertThat(network.path("IPAddress").asString()).isEqualTo("172.17.0.3");
        assertThat(network.path("Gateway").asString()).isEqualTo("172.17.0.1");
        assertThat(engine.bridges.members.getFirst().names()).startsWith("web", "www");
        assertThat(engine.bridges.cables).hasSize(2);
    }

    @Test
    void aNetworkInUseStaysAndOnesThatAreAlwaysThereCannotBeTouched() {
        engine.post("/networks/create", "{'Name':'front','IPAM':{'Config':[{'Subnet':'10.9.0.0/24'}]}}");
        engine.run("web", ",'HostConfig':{'NetworkMode':'front'}");

        assertThat(engine.post("/networks/create", "{'Name':'front'}").message())
                .isEqualTo("network with name front already exists");
        assertThat(engine.post("/networks/create", "{'Name':'b','IPAM':{'Config':[{'Subnet':'10.9.0.0/16'}]}}")
                        .message())
                .isEqualTo("invalid pool request: Pool overlaps with other one on this address space");
        assertThat(engine.delete("/networks/front").status()).isEqualTo(403);
        assertThat(engine.delete("/networks/bridge").message())
                .isEqualTo("bridge is a pre-defined network and cannot be removed");
        engine.delete("/containers/web?force=1");
        assertThat(engine.delete("/networks/front").status()).isEqualTo(204);
        assertThat(engine.get("/networks/front").message()).isEqualTo("network front not found");
    }

    @Test
    void connectsAndDisconnectsWhileAContainerRuns() {
        engine.run("web", "");
        engine.post("/networks/create", "{'Name':'back'}");

        assertThat(engine.post("/networks/back/connect", "{'Container':'web'}").status())
                .isEqualTo(200);

        var networks = engine.inspect("web").path("NetworkSettings").path("Networks");
        assertThat(networks.path("back").path("IPAddress").asString()).isNotEmpty();
        assertThat(List.copyOf(engine.bridges.cables.values()).getLast().device())
                .isEqualTo("eth1");
        assertThat(engine.post("/networks/back/connect", "{'Container':'web'}").status())
                .isEqualTo(403);
        engine.post("/networks/back/disconnect", "{'Container':'web'}");
        assertThat(engine.bridges.cables).hasSize(1);
    }

    @Test
    void onePortOfTheHostLeadsToOneContainer() {
        engine.run("first", ",'HostConfig':{'PortBindings':{'80/tcp':[{'HostIp':'127.0.0.1','HostPort':'48080'}]}}");
        engine.create("second", ",'HostConfig':{'PortBindings':{'80/tcp':[{'HostPort':'48080'}]}}");

        var refused = engine.post("/containers/second/start");

        assertThat(refused.status()).isEqualTo(500);
        assertThat(refused.message())
                .startsWith("failed to set up container networking: driver failed programming external connectivity on"
                        + " endpoint second (")
                .endsWith("Bind for 0.0.0.0:48080 failed: port is already allocated");
        assertThat(engine.bridges.cables).hasSize(1);
        engine.post("/containers/first/stop");
        assertThat(engine.post("/containers/second/start").status()).isEqualTo(204);
    }

    @Test
    void exposedPortsArePublishedOnRequest() {
        engine.run("web", ",'HostConfig':{'PublishAllPorts':true}");

        var ports = engine.inspect("web").path("NetworkSettings").path("Ports");

        assertThat(ports.path("80/tcp").path(0).path("HostPort").asInt()).isBetween(32768, 60999);
    }

    @Test
    void sharesTheNetworkOfAnotherContainerOnlyWhileThatRuns() {
        engine.run("web", "");
        engine.create("side", ",'HostConfig':{'NetworkMode':'container:web'}");

        assertThat(engine.post("/containers/side/start").status()).isEqualTo(204);
        assertThat(engine.runtime.sandboxes().list()).hasSize(1);
        engine.post("/containers/side/stop");
        engine.post("/containers/web/stop");

        assertThat(engine.post("/containers/side/start").message())
                .isEqualTo("cannot join network namespace of a non running container: web");
    }

    @Test
    void aNetworkWithIpv6GivesAddressesOfBothFamiliesAndPublishesOnBoth() {
        var made = engine.post(
                "/networks/create",
                "{'Name':'dual','EnableIPv6':true,'IPAM':{'Config':[{'Subnet':'fd00:7::/64'},"
                        + "{'Subnet':'10.9.0.0/24','IPRange':'10.9.0.128/25','AuxiliaryAddresses':{'r':'10.9.0.128'}}]}}");
        assertThat(made.status()).as(made.message()).isEqualTo(201);
        engine.run(
                "web",
                ",'HostConfig':{'NetworkMode':'dual','PortBindings':{'80/tcp':[{'HostPort':'48081'}]}},"
                        + "'NetworkingConfig':{'EndpointsConfig':{'dual':{'IPAMConfig':{'IPv6Address':'fd00:7::99'}}}}");

        var place = engine.inspect("web").at("/NetworkSettings/Networks/dual");
        assertThat(place.path("IPAddress").asString()).isEqualTo("10.9.0.129");
        assertThat(place.path("GlobalIPv6Address").asString()).isEqualTo("fd00:7::99");
        assertThat(place.path("IPv6Gateway").asString()).isEqualTo("fd00:7::1");
        assertThat(engine.inspect("web").at("/NetworkSettings/Ports/80~1tcp").toString())
                .isEqualTo(
                        "[{\"HostIp\":\"0.0.0.0\",\"HostPort\":\"48081\"},{\"HostIp\":\"::\",\"HostPort\":\"48081\"}]");
        assertThat(engine.bridges.published)
                .extracting(port -> port.hostAddress() + " " + port.containerAddress())
                .containsExactly(" 10.9.0.129", " fd00:7::99");
        assertThat(engine.get("/networks/dual").body().path("EnableIPv6").asBoolean(false))
                .isTrue();
        assertThat(List.copyOf(engine.bridges.cables.values()).getLast().settings())
                .containsEntry("net/ipv6/conf/eth0/disable_ipv6", "0");
    }

    @Test
    void anIpv6RangeIsChosenWhereNoneIsNamed() {
        engine.post("/networks/create", "{'Name':'dual','EnableIPv6':true}");

        assertThat(engine.get("/networks/dual")
                        .body()
                        .at("/IPAM/Config/1/Subnet")
                        .asString())
                .matches("fd[0-9a-f]{2}:.*::/64");
    }

    @Test
    void aPortThatAPodHasIsNotPublished() {
        engine.bridges.ports.take("pod default/web", List.of(new HostPorts.Port("", 48082, "TCP")));
        engine.create("web", ",'HostConfig':{'PortBindings':{'80/tcp':[{'HostPort':'48082'}]}}");

        assertThat(engine.post("/containers/web/start").message())
                .endsWith("Bind for 0.0.0.0:48082 failed: port is already allocated");
        engine.bridges.ports.release("pod default/web");
        assertThat(engine.post("/containers/web/start").status()).isEqualTo(204);
        assertThat(engine.bridges.ports.take("pod default/web", List.of(new HostPorts.Port("", 48082, "TCP"))))
                .get()
                .asString()
                .startsWith("container ");
    }

    @Test
    void theNetworkWithTheHighestPriorityLeadsOut() {
        engine.post("/networks/create", "{'Name':'back'}");
        engine.post("/networks/create", "{'Name':'front'}");
        engine.run(
                "web",
                ",'HostConfig':{'NetworkMode':'back'},"
                        + "'NetworkingConfig':{'EndpointsConfig':{'back':{},'front':{'GwPriority':1}}}");

        assertThat(engine.bridges.cables.values())
                .extracting(plug -> plug.gateway())
                .containsExactly("", "172.18.0.1");
    }

    @Test
    void linksAreNamesThatOnlyOneContainerKnows() {
        engine.post("/networks/create", "{'Name':'front'}");
        engine.run("db", ",'HostConfig':{'NetworkMode':'front'}");
        engine.run(
                "web",
                ",'HostConfig':{'NetworkMode':'front'},"
                        + "'NetworkingConfig':{'EndpointsConfig':{'front':{'Links':['db:store']}}}");

        assertThat(engine.bridges.members.getLast().links()).containsEntry("store", List.of("172.17.0.2"));
        assertThat(engine.bridges.members.getFirst().links()).isEmpty();
    }

    @Test
    void networksThatCannotBeAreRefusedInDockersWords() {
        assertThat(engine.post("/networks/create", "{'Name':'n','IPAM':{'Config':[{'Subnet':'10.9.0.0/99'}]}}")
                        .message())
                .isEqualTo("invalid network config:\ninvalid subnet 10.9.0.0/99: invalid CIDR block notation");
        assertThat(engine.post(
                                "/networks/create",
                                "{'Name':'n','IPAM':{'Config':[{'Subnet':'10.9.0.0/24','Gateway':'10.8.0.1'}]}}")
                        .message())
                .isEqualTo(
                        "invalid network config:\ninvalid gateway 10.8.0.1: parent subnet 10.9.0.0/24 doesn't contain"
                                + " this address");
        assertThat(engine.post("/networks/create", "{'Name':'n','Driver':'foo'}")
                        .message())
                .isEqualTo("could not find a network driver \"foo\": plugin \"foo\" not found");
        assertThat(engine.post("/networks/create", "{'Name':'n','Driver':'macvlan'}")
                        .status())
                .isEqualTo(400);
    }
}
