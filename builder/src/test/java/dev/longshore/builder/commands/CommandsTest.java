package dev.longshore.builder.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.builder.dockerfile.DockerfileParser;
import dev.longshore.builder.dockerfile.Line;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandsTest {

    @Test
    void fromNamesAnImageAStageAndAPlatform() {
        Command.From from = (Command.From) read("from --platform=$BUILDPLATFORM alpine:3 aS Build");

        assertThat(from.base()).isEqualTo("alpine:3");
        assertThat(from.name()).contains("build");
        assertThat(from.platform()).contains("$BUILDPLATFORM");
        assertThat(((Command.From) read("FROM a")).name()).isEmpty();
    }

    @Test
    void argDeclaresSeveralNames() {
        assertThat(((Command.Arg) read("ARG A B= C=\"x y\" D='$A'")).declarations())
                .containsExactly(
                        new Command.Declaration("A", Optional.empty()),
                        new Command.Declaration("B", Optional.of("")),
                        new Command.Declaration("C", Optional.of("\"x y\"")),
                        new Command.Declaration("D", Optional.of("'$A'")));
    }

    @Test
    void pairsHaveTwoForms() {
        assertThat(read("ENV a=1 b=\"x y\" c=d\\ e")).isInstanceOfSatisfying(Command.Env.class, env -> {
            assertThat(env.isLegacy()).isFalse();
            assertThat(env.pairs())
                    .containsExactly(
                            new Command.Pair("a", "1"),
                            new Command.Pair("b", "\"x y\""),
                            new Command.Pair("c", "d\\ e"));
        });
        assertThat(read("ENV a  all the \"rest\" of=it")).isInstanceOfSatisfying(Command.Env.class, env -> {
            assertThat(env.isLegacy()).isTrue();
            assertThat(env.pairs()).containsExactly(new Command.Pair("a", "all the \"rest\" of=it"));
        });
        assertThat(((Command.Label) read("LABEL a b")).isLegacy()).isTrue();
    }

    @Test
    void whatRunsIsAListOrAText() {
        List<String> shell = List.of("/bin/sh", "-c");

        assertThat(((Command.Run) read("RUN [\"a\", \"b c\"]")).invocation().with(shell))
                .containsExactly("a", "b c");
        assertThat(((Command.Cmd) read("CMD a \"b  c\"")).invocation().with(shell))
                .containsExactly("/bin/sh", "-c", "a \"b  c\"");
        assertThat(((Command.Cmd) read("CMD")).invocation().with(shell)).containsExactly("/bin/sh", "-c", "");
        assertThat(((Command.Entrypoint) read("ENTRYPOINT []")).invocation().with(shell))
                .isEmpty();
        assertThat(((Command.Cmd) read("CMD [ -f x ] || y")).invocation().isShellForm())
                .isTrue();
    }

    @Test
    void placesTellDocumentsFromPaths() {
        Command.Copy copy = (Command.Copy) read("COPY a <<one b <<'two' /to/\n$x\none\n$y\ntwo");

        assertThat(copy.places().sources()).containsExactly("a", "b");
        assertThat(copy.places().documents())
                .extracting(Line.Heredoc::name, Line.Heredoc::content, Line.Heredoc::isLiteral)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("one", "$x\n", false),
                        org.assertj.core.groups.Tuple.tuple("two", "$y\n", true));
        assertThat(copy.places().destination()).isEqualTo("/to/");
        assertThat(((Command.Add) read("ADD [\"a b\", \"/c d\"]")).places().sources())
                .containsExactly("a b");
    }

    @Test
    void healthchecksHaveARhythm() {
        Command.Healthcheck check = (Command.Healthcheck)
                read("HEALTHCHECK --interval=1m30s --timeout=2.5s --start-period=1h --start-interval=250ms --retries=3"
                        + " cmd curl -f http://localhost/");

        assertThat(check.test()).contains(new Command.Invocation(List.of("curl -f http://localhost/"), true));
        assertThat(check.rhythm())
                .isEqualTo(new Command.Rhythm(
                        Duration.ofSeconds(90),
                        Duration.ofMillis(2500),
                        Duration.ofHours(1),
                        Duration.ofMillis(250),
                        3));
        assertThat(((Command.Healthcheck) read("HEALTHCHECK none")).test()).isEmpty();
        assertThat(((Command.Healthcheck) read("HEALTHCHECK CMD [\"a\"]")).test())
                .contains(new Command.Invocation(List.of("a"), false));
    }

    @Test
    void triggersKeepTheirTextAndTheirDocuments() {
        Command.OnBuild onBuild = (Command.OnBuild) read("ONBUILD  run --network=none <<-EOF\n\techo a\n\tEOF");

        assertThat(onBuild.text()).isEqualTo("run --network=none <<-EOF\n\techo a\nEOF");
        assertThat(onBuild.trigger()).isInstanceOf(Command.Run.class);
        assertThat(DockerfileParser.read("x", onBuild.text()).lines().getFirst().heredocs())
                .singleElement()
                .satisfies(document -> assertThat(document.content()).isEqualTo("echo a\n"));
    }

    @Test
    void volumesAndPortsAreLists() {
        assertThat(((Command.Volume) read("VOLUME /a \"/b\"")).paths()).containsExactly("/a", "\"/b\"");
        assertThat(((Command.Volume) read("VOLUME [\"/a b\"]")).paths()).containsExactly("/a b");
        assertThat(((Command.Expose) read("EXPOSE 90 80/udp $P")).ports()).containsExactly("$P", "80/udp", "90");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "FROM | FROM requires either one or three arguments",
                "FROM a b | FROM requires either one or three arguments",
                "FROM a is b | FROM requires either one or three arguments",
                "FROM a AS 1x | invalid name for build stage: \"1x\", name can't start with a number or contain symbols",
                "FROM a AS b/c | invalid name for build stage: \"b/c\", name can't start with a number or contain symbols",
                "FROM --platfrom=x a | unknown flag: --platfrom (did you mean platform?)",
                "FROM --platform a | missing a value on flag: --platform",
                "ARG | ARG requires at least one argument",
                "ARG =x | ARG names can not be blank",
                "ENV | ENV requires at least one argument",
                "ENV a | ENV must have two arguments",
                "ENV a=b c | Syntax error - can't find = in \"c\". Must be of the form: name=value",
                "ENV =b | ENV names can not be blank",
                "ENV --x a=b | unknown flag: --x",
                "LABEL | LABEL requires at least one argument",
                "LABEL a | LABEL must have two arguments",
                "CMD --help | unknown flag: --help",
                "CMD [1] | when using JSON array syntax, arrays must be comprised of strings only",
                "ENTRYPOINT --x y | unknown flag: --x",
                "SHELL | SHELL requires at least one argument",
                "SHELL [] | SHELL requires at least one argument",
                "SHELL bash -c | SHELL requires the arguments to be in JSON form",
                "COPY a | COPY requires at least two arguments, but only one was provided. Destination could not be determined",
                "ADD | ADD requires at least two arguments, but only one was provided. Destination could not be determined",
                "COPY --chwon=1 a b | unknown flag: --chwon (did you mean chown?)",
                "WORKDIR | WORKDIR requires exactly one argument",
                "USER | USER requires exactly one argument",
                "USER --x | unknown flag: --x",
                "STOPSIGNAL | STOPSIGNAL requires exactly one argument",
                "MAINTAINER | MAINTAINER requires exactly one argument",
                "EXPOSE | EXPOSE requires at least one argument",
                "VOLUME | VOLUME requires at least one argument",
                "VOLUME [] | VOLUME requires at least one argument",
                "VOLUME [\" \"] | VOLUME specified can not be an empty string",
                "HEALTHCHECK | HEALTHCHECK requires at least one argument",
                "HEALTHCHECK NONE x | HEALTHCHECK NONE takes no arguments",
                "HEALTHCHECK CMD | Missing command after HEALTHCHECK CMD",
                "HEALTHCHECK CMD [] | Missing command after HEALTHCHECK CMD",
                "HEALTHCHECK RUN x | Unknown type \"RUN\" in HEALTHCHECK (try CMD)",
                "HEALTHCHECK --intervall=1s CMD x | unknown flag: --intervall (did you mean interval?)",
                "HEALTHCHECK --interval=1 CMD x | time: missing unit in duration \"1\"",
                "HEALTHCHECK --interval=1d CMD x | time: unknown unit \"d\" in duration \"1d\"",
                "HEALTHCHECK --timeout=soon CMD x | time: invalid duration \"soon\"",
                "HEALTHCHECK --timeout=1ns CMD x | Interval \"timeout\" cannot be less than 1ms",
                "HEALTHCHECK --timeout=-1s CMD x | Interval \"timeout\" cannot be less than 1ms",
                "HEALTHCHECK --retries=-1 CMD x | --retries cannot be negative (-1)",
                "HEALTHCHECK --retries=many CMD x | strconv.ParseInt: parsing \"many\": invalid syntax",
                "HEALTHCHECK --retries=99999999999 CMD x | strconv.ParseInt: parsing \"99999999999\": value out of range",
                "ONBUILD | ONBUILD requires at least one argument",
                "ONBUILD ONBUILD RUN x | Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed",
                "ONBUILD from x | FROM isn't allowed as an ONBUILD trigger",
                "ONBUILD MAINTAINER x | MAINTAINER isn't allowed as an ONBUILD trigger",
                "ONBUILD RUNN x | unknown instruction: RUNN (did you mean RUN?)",
                "RUN --mount=type=bnd true | unsupported mount type \"bnd\" (did you mean bind?)",
                "INCLUDE x | unknown instruction: INCLUDE",
            })
    void whatIsWrongIsSaid(String text, String why) {
        assertThatThrownBy(() -> read(text)).hasMessage("Dockerfile:1: " + why);
    }

    @Test
    void optionsWithVariablesAreLookedAtLater() {
        assertThat(read("RUN --mount=type=$TYPE,target=/x true")).isInstanceOf(Command.Run.class);
    }

    @Test
    void aDocumentIsNoDestination() {
        assertThatThrownBy(() -> read("COPY a <<EOF\nx\nEOF"))
                .hasMessage("Dockerfile:1: COPY cannot accept a heredoc as a destination");
    }

    @ParameterizedTest
    @CsvSource({
        "80, 80/tcp",
        "80/TCP, 80/tcp",
        "53/udp, 53/udp",
        "1/, 1/tcp",
        "8000-8002/sctp, '8000/sctp 8001/sctp 8002/sctp'",
        "127.0.0.1:80:90, 90/tcp",
        "8080:80, 80/tcp",
        "8000-8001:80-81, '80/tcp 81/tcp'",
        "8000-8005:80, 80/tcp",
        "[::1]:80:81, 81/tcp",
        "0, 0/tcp"
    })
    void portsAreNumbersOrRanges(String text, String expected) {
        assertThat(String.join(" ", Ports.of(text))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "http, invalid containerPort: http",
        "70000, invalid containerPort: 70000",
        "9-8, invalid containerPort: 9-8",
        "1-2-3, invalid containerPort: 1-2-3",
        "-1, invalid containerPort: -1",
        "80/icmp, invalid proto: icmp",
        "/tcp, no port specified: /tcp<empty>",
        "x:80, invalid hostPort: x",
        "300.1.1.1:80:80, invalid IP address: 300.1.1.1",
        "host:80:80, invalid IP address: host",
        "1-2:80-85, invalid ranges specified for container and host Ports: 80-85 and 1-2"
    })
    void portsThatAreNoneSayWhy(String text, String why) {
        assertThatThrownBy(() -> Ports.of(text)).hasMessage(why);
    }

    @ParameterizedTest
    @CsvSource({
        "1h30m, 1h30m0s",
        "90s, 1m30s",
        "1.5s, 1.5s",
        "250ms, 250ms",
        "1500us, 1.5ms",
        "100h, 100h0m0s",
        "0, 0s",
        ".5m, 30s",
        "3ns, 3ns",
        "+1s, 1s"
    })
    void durationsAreGos(String text, String printed) {
        assertThat(GoDuration.text(GoDuration.parse(text).orElseThrow())).isEqualTo(printed);
    }

    @ParameterizedTest
    @CsvSource({"''", "s", "1", "1x", "1 s", "--1s", "1s2", "1..5s", "."})
    void otherTextsAreNoDurations(String text) {
        assertThat(GoDuration.parse(text)).isEmpty();
    }

    private static Command read(String text) {
        return Commands.read(
                DockerfileParser.read("Dockerfile", text + "\n").lines().getFirst());
    }
}
