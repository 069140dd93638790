package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ContainerUpdatesTest extends WithEngine {

    @Test
    void whatIsNotSaidStays() {
        engine.run("web", ",'HostConfig':{'Memory':67108864,'CpuShares':512}");

        var answer = engine.post(
                "/containers/web/update",
                "{'Memory':0,'CpuShares':1024,'PidsLimit':50,'CpusetCpus':'0','CpusetMems':'',"
                        + "'RestartPolicy':{'Name':'unless-stopped'}}");

        assertThat(answer.status()).as(answer.message()).isEqualTo(200);
        var host = engine.inspect("web").path("HostConfig");
        assertThat(host.path("Memory").asLong()).isEqualTo(67108864);
        assertThat(host.path("MemorySwap").asLong()).isEqualTo(134217728);
        assertThat(host.path("CpuShares").asLong()).isEqualTo(1024);
        assertThat(host.path("PidsLimit").asLong()).isEqualTo(50);
        assertThat(host.path("CpusetCpus").asString()).isEqualTo("0");
        assertThat(host.at("/RestartPolicy/Name").asString()).isEqualTo("unless-stopped");
    }

    @Test
    void conflictsAreRefusedAndChangeNothing() {
        String id = engine.run("web", ",'HostConfig':{'Memory':67108864,'NanoCpus':500000000}");

        assertThat(engine.post("/containers/web/update", "{'Memory':1073741824}")
                        .message())
                .isEqualTo("Cannot update container " + id + ": Memory limit should be smaller than already set"
                        + " memoryswap limit, update the memoryswap at the same time");
        assertThat(engine.post("/containers/web/update", "{'CpuPeriod':100000}").status())
                .isEqualTo(409);
        assertThat(engine.inspect("web").at("/HostConfig/Memory").asLong()).isEqualTo(67108864);
    }

    @Test
    void aContainerThatRemovesItselfIsNotRestarted() {
        engine.run("web", ",'HostConfig':{'AutoRemove':true}");

        assertThat(engine.post("/containers/web/update", "{'RestartPolicy':{'Name':'always'}}")
                        .message())
                .endsWith("Restart policy cannot be updated because AutoRemove is enabled for the container");
    }
}
