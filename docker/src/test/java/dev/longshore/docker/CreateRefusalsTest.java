package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What cannot be created is refused in Docker's words (moby: daemon/container.go, daemon/daemon_unix.go,
/// runconfig/hostconfig_unix.go, volume/mounts/linux_parser.go).
class CreateRefusalsTest extends WithEngine {

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "'IpcMode':'foo' ~ invalid IPC mode: foo",
                "'PidMode':'container:' ~ invalid PID mode: container:",
                "'UTSMode':'foo' ~ invalid UTS mode: foo",
                "'UsernsMode':'foo' ~ invalid user namespace mode: foo",
                "'CgroupnsMode':'foo' ~ invalid cgroup namespace mode: foo",
                "'Isolation':'hyperv' ~ invalid isolation 'hyperv' on linux",
                "'NetworkMode':'container:' ~ invalid network mode: invalid container format container:<name|id>",
                "'NetworkMode':'container:x','Dns':['1.1.1.1'] ~ conflicting options: dns and the network mode",
                "'NetworkMode':'container:x','PortBindings':{'80/tcp':[{}]} "
                        + "~ conflicting options: port publishing and the container type network mode",
                "'NetworkMode':'host','Links':['a'] ~ conflicting options: host type networking can't be used with "
                        + "links. This would result in undefined behavior",
                "'CapAdd':['FOO'] ~ invalid CapAdd: unknown capability: \"CAP_FOO\"",
                "'CapDrop':['CAP_X'] ~ invalid CapDrop: unknown capability: \"CAP_X\"",
                "'SecurityOpt':['foo=bar'] ~ invalid --security-opt 2: \"foo=bar\"",
                "'SecurityOpt':['seccomp'] ~ invalid --security-opt 1: \"seccomp\"",
                "'ExtraHosts':['web'] ~ bad format for add-host: \"web\"",
                "'ExtraHosts':['web:nowhere'] ~ invalid IP address in add-host: \"nowhere\"",
                "'Runtime':'kata' ~ unknown or invalid runtime name: kata",
                "'StorageOpt':{'size':'1G'} ~ --storage-opt is supported only for overlay over xfs with 'pquota' "
                        + "mount option",
                "'DeviceRequests':[{'Count':-1,'Capabilities':[['gpu']]}] "
                        + "~ could not select device driver \"\" with capabilities: [[gpu]]",
                "'LogConfig':{'Type':'foo'} ~ logger: no log driver named 'foo' is registered",
                "'LogConfig':{'Type':'json-file','Config':{'foo':'x'}} "
                        + "~ unknown log opt 'foo' for json-file log driver",
                "'LogConfig':{'Type':'json-file','Config':{'max-size':'much'}} ~ invalid size: 'much'",
                "'OomScoreAdj':1001 ~ Invalid value 1001, range for oom score adj is [-1000, 1000]",
                "'ShmSize':-1 ~ SHM size can not be less than 0",
                "'DeviceCgroupRules':['c 1'] ~ invalid device cgroup rule format: 'c 1'",
                "'Memory':1000 ~ Minimum memory limit allowed is 6MB",
                "'Memory':10000000,'MemorySwap':9000000 ~ Minimum memoryswap limit should be larger than memory limit, "
                        + "see usage",
                "'MemorySwap':9000000 ~ You should always set the Memory limit when using Memoryswap limit, see usage",
                "'MemoryReservation':1000 ~ Minimum memory reservation allowed is 6MB",
                "'NanoCpus':1,'CpuPeriod':1000 ~ Conflicting options: Nano CPUs and CPU Period cannot both be set",
                "'CpuPeriod':1 ~ CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)",
                "'CpuQuota':1 ~ CPU cfs quota can not be less than 1ms (i.e. 1000)",
                "'CpusetCpus':'a' ~ Invalid value a for cpuset cpus: invalid format: a",
                "'Mounts':[{'Type':'volume','Target':'/x','ReadOnly':true}] ~ invalid mount config for type "
                        + "\"volume\": must not set ReadOnly mode when using anonymous volumes",
                "'Mounts':[{'Type':'bind','Target':'/x'}] ~ invalid mount config for type \"bind\": field Source must "
                        + "not be empty",
                "'Mounts':[{'Type':'volume','Source':'v','Target':'/x','BindOptions':{}}] ~ BindOptions must not be "
                        + "specified on mount type \"volume\"",
                "'Mounts':[{'Type':'volume','Source':'v','Target':'/x','VolumeOptions':{'Subpath':'../up'}}] ~ invalid "
                        + "mount config for type \"volume\": subpath must be a relative path within the volume"
            })
    void isRefusedInDockersWords(String host, String message) {
        var refused = engine.post("/containers/create", "{'Image':'app','HostConfig':{" + host + "}}");

        assertThat(refused.message()).isEqualTo(message);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(engine.get("/containers/json?all=1").body()).isEmpty();
    }

    @Test
    void timesOfAHealthCheckMustBeTimes() {
        assertThat(engine.post("/containers/create", "{'Image':'app','Healthcheck':{'Interval':10}}")
                        .message())
                .isEqualTo("Interval in Healthcheck cannot be less than 1ms");
    }

    @Test
    void aNetworkThatIsNotThereIsToldAtTheStart() {
        engine.create("web", ",'HostConfig':{'NetworkMode':'front'}");

        var refused = engine.post("/containers/web/start");
        assertThat(refused.message()).isEqualTo("failed to set up container networking: network front not found");
        assertThat(refused.status()).isEqualTo(404);
        engine.post("/networks/create", "{'Name':'front'}");
        assertThat(engine.post("/containers/web/start").status()).isEqualTo(204);
        assertThat(engine.inspect("web")
                        .at("/NetworkSettings/Networks/front/IPAddress")
                        .asString())
                .isNotEmpty();
    }

    @Test
    void memoryIsSharedOnlyByThoseWhoOfferIt() {
        engine.run("shy", "");
        engine.run("open", ",'HostConfig':{'IpcMode':'shareable'}");
        engine.create("one", ",'HostConfig':{'IpcMode':'container:shy'}");
        engine.create("two", ",'HostConfig':{'IpcMode':'container:open'}");

        assertThat(engine.post("/containers/one/start").message()).contains("non-shareable IPC");
        assertThat(engine.post("/containers/two/start").status()).isEqualTo(204);
        assertThat(engine.inspect("two").at("/HostConfig/IpcMode").asString())
                .isEqualTo("container:" + engine.inspect("open").path("Id").asString());
    }
}
