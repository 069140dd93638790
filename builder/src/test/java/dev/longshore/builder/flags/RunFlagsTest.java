package dev.longshore.builder.flags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.builder.dockerfile.DockerfileParser;
import dev.longshore.builder.dockerfile.Line;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RunFlagsTest {

    private static final Mount.Ownership OWNED =
            new Mount.Ownership(Optional.of(0750), Optional.of(1000L), Optional.of(7L));
    private static final Mount.Ownership ANYBODY = Mount.Ownership.DEFAULT;

    static Stream<Arguments> mounts() {
        return Stream.of(
                Arguments.of("target=/src", new Mount.Bind("/src", Optional.empty(), "", true)),
                Arguments.of(
                        "type=bind,from=build,source=/out,dst=lib,rw",
                        new Mount.Bind("lib", Optional.of("build"), "/out", false)),
                Arguments.of("TYPE=Bind,TARGET=/a,ro=false", new Mount.Bind("/a", Optional.empty(), "", false)),
                Arguments.of(
                        "type=bind,destination=/a,src=b,readwrite=0",
                        new Mount.Bind("/a", Optional.empty(), "b", true)),
                Arguments.of(
                        "type=cache,target=/var//cache/../lib/",
                        new Mount.Cache(
                                "/var//cache/../lib/",
                                "/var/lib",
                                Mount.Sharing.SHARED,
                                Optional.empty(),
                                "",
                                false,
                                ANYBODY)),
                Arguments.of(
                        "type=cache,id=pip,target=/c,sharing=LOCKED,from=base,source=/s,readonly,mode=0750,uid=1000,gid=7",
                        new Mount.Cache("/c", "pip", Mount.Sharing.LOCKED, Optional.of("base"), "/s", true, OWNED)),
                Arguments.of("type=tmpfs,target=/t", new Mount.Tmpfs("/t", 0)),
                Arguments.of("type=tmpfs,target=/t,size=1.5MiB", new Mount.Tmpfs("/t", 1_572_864)),
                Arguments.of(
                        "type=secret,id=aws",
                        new Mount.Secret("aws", Optional.of("/run/secrets/aws"), Optional.empty(), false, ANYBODY)),
                Arguments.of(
                        "type=secret,target=/root/.netrc,required",
                        new Mount.Secret(".netrc", Optional.of("/root/.netrc"), Optional.empty(), true, ANYBODY)),
                Arguments.of(
                        "type=secret,id=aws,env=TOKEN",
                        new Mount.Secret("aws", Optional.empty(), Optional.of("TOKEN"), false, ANYBODY)),
                Arguments.of(
                        "type=secret,source=aws,env=TOKEN,target=/t,required=true,mode=750,uid=1000,gid=7",
                        new Mount.Secret("aws", Optional.of("/t"), Optional.of("TOKEN"), true, OWNED)),
                Arguments.of("type=ssh", new Mount.Ssh("default", Optional.empty(), false, ANYBODY)),
                Arguments.of(
                        "type=ssh,id=git,target=/s,required,mode=0750,uid=1000,gid=7",
                        new Mount.Ssh("git", Optional.of("/s"), true, OWNED)),
                Arguments.of("type=bind,\"source=a,b\",target=/x", new Mount.Bind("/x", Optional.empty(), "a,b", true)),
                Arguments.of("target=$DIR/x", new Mount.Bind("<$DIR/x>", Optional.empty(), "", true)));
    }

    @ParameterizedTest
    @MethodSource("mounts")
    void aMountSaysAllThatItsOptionsMean(String text, Mount expected) {
        Line line = run("--mount='" + text + "'");

        RunFlags.check(line);

        assertThat(RunFlags.of(line, word -> word.startsWith("$") ? "<" + word + ">" : word)
                        .mounts())
                .containsExactly(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "type=bnd | unsupported mount type \"bnd\" (did you mean bind?)",
                "type=volume | unsupported mount type \"volume\"",
                "type=cache,target=/c,sharing=shard | unsupported sharing value \"shard\" (did you mean shared?)",
                "typ=bind | unexpected key 'typ' in 'typ=bind' (did you mean type?)",
                "target | invalid field 'target' must be a key=value pair",
                "target=/a,readony | invalid field 'readony' must be a key=value pair (did you mean readonly?)",
                "required,target=/a | unexpected key 'required' for mount type 'bind'",
                "type=cache,target=/a,required=true | unexpected key 'required' for mount type 'cache'",
                "type=secret,id=a,required=maybe | invalid value for required: maybe",
                "target=/a,ro=perhaps | invalid value for ro: perhaps",
                "size=1m,type=tmpfs | unexpected key 'size' for mount type 'bind'",
                "type=tmpfs,target=/t,size=many | invalid value for size: many",
                "type=cache,target=/c,mode=rwx | invalid value rwx for mode",
                "type=cache,target=/c,uid=-1 | invalid value -1 for uid",
                "type=cache,target=/c,gid=4294967296 | invalid value 4294967296 for gid",
                "target=/a,mode=0700 | mode not allowed for \"bind\" type mounts",
                "type=tmpfs,target=/a,uid=1 | uid not allowed for \"tmpfs\" type mounts",
                "type=bind,target=/a,gid=1 | gid not allowed for \"bind\" type mounts",
                "type=bind,target=/a,sharing=shared | invalid cache sharing set for bind mount",
                "type=secret,id=a,sharing=shared | secret mount should not define sharing",
                "type=secret,id=a,from=b | secret mount should not have a from",
                "type=secret | invalid secret mount. one of source, target required",
                "type=secret,id=a,source=b | both source and id can't be set",
                "type=cache,target=/c,env=X | unexpected key 'env' for mount type 'cache'",
            })
    void aMountThatCannotBeSaysWhy(String text, String why) {
        assertThatThrownBy(() -> RunFlags.of(run("--mount=" + text), word -> word))
                .hasMessage("Dockerfile:1: " + why);
    }

    @Test
    void aStageIsNamedWithoutVariables() {
        assertThatThrownBy(() -> RunFlags.check(run("--mount=from=$STAGE,target=/x")))
                .hasMessage("Dockerfile:1: 'from' doesn't support variable expansion, define alias stage instead");
    }

    @Test
    void mountsKeepTheirOrder() {
        RunFlags flags = RunFlags.of(
                run("--mount=type=cache,target=/b --mount=target=/a --network=none --mount=type=ssh"), word -> word);

        assertThat(flags.mounts())
                .extracting(mount -> mount.getClass().getSimpleName())
                .containsExactly("Cache", "Bind", "Ssh");
        assertThat(flags.network()).isEqualTo(RunFlags.Network.NONE);
        assertThat(flags.security()).isEqualTo(RunFlags.Security.SANDBOX);
    }

    @Test
    void devicesHaveNamesAndMayBeRequired() {
        RunFlags flags = RunFlags.of(
                run("--device=vendor.com/class=gpu0,required --device=name=vendor.com/x --security=insecure"),
                word -> word);

        assertThat(flags.devices())
                .isEqualTo(List.of(new Device("vendor.com/class=gpu0", true), new Device("vendor.com/x", false)));
        assertThat(flags.security()).isEqualTo(RunFlags.Security.INSECURE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--network=bridge | invalid network mode \"bridge\"",
                "--security=none | security \"none\" is not valid",
                "--mout=x | unknown flag: --mout (did you mean mount?)",
                "--network | missing a value on flag: --network",
                "--network=none --network=host | duplicate flag specified: --network",
                "--device=a,name=b | device name already set to a",
                "--device=a,b | invalid field 'b' must be a key=value pair",
                "--device=a,nam=b | unexpected key 'nam' in 'nam=b' (did you mean name?)",
            })
    void flagsThatCannotBeSayWhy(String flags, String why) {
        assertThatThrownBy(() -> RunFlags.check(run(flags))).hasMessage("Dockerfile:1: " + why);
    }

    private static Line run(String flags) {
        return DockerfileParser.parse("Dockerfile", "RUN " + flags + " true\n", Set.of("RUN"))
                .getFirst();
    }
}
