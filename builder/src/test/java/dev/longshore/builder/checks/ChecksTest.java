package dev.longshore.builder.checks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.builder.graph.Platforms;
import dev.longshore.images.Platform;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Each rule with what it minds, and with what it does not.
class ChecksTest {

    private static final Platform AMD64 = Platform.parse("linux/amd64");
    private static final Platforms HERE = new Platforms(AMD64, AMD64);

    private BaseFacts bases = BaseFacts.NONE;
    private IgnoredPaths ignored = IgnoredPaths.none();
    private Map<String, String> arguments = Map.of();

    @Test
    void stageNameCasing() {
        assertThat(found("FROM scratch AS Build\nFROM scratch AS web-1\n"))
                .containsExactly("StageNameCasing: Stage name 'Build' should be lowercase (line 1)");
    }

    @Test
    void fromAsCasing() {
        assertThat(found("FROM scratch as one\nFROM scratch AS two\n"))
                .containsExactly("FromAsCasing: 'as' and 'FROM' keywords' casing do not match (line 1)");
        assertThat(found("from scratch AS one\nfrom scratch as two\n"))
                .containsExactly("FromAsCasing: 'AS' and 'from' keywords' casing do not match (line 1)");
        assertThat(found("FROM scratch aS one\n")).hasSize(1);
        assertThat(rules("From scratch aS one\n")).doesNotContain("FromAsCasing");
    }

    @Test
    void noEmptyContinuation() {
        assertThat(found("FROM scratch\nLABEL a=b \\\n\n  c=d\nLABEL e=f \\\n# fine\n  g=h\n"))
                .containsExactly("NoEmptyContinuation: Empty continuation line (line 4)");
    }

    @Test
    void consistentInstructionCasing() {
        assertThat(found("FROM scratch\nLABEL a=b\nlabel c=d\nLabel e=f\n"))
                .containsExactly(
                        "ConsistentInstructionCasing: Command 'label' should match the case of the command majority"
                                + " (uppercase) (line 3)",
                        "ConsistentInstructionCasing: Command 'Label' should match the case of the command majority"
                                + " (uppercase) (line 4)");
        assertThat(found("from scratch\nlabel a=b\nLABEL c=d\n"))
                .containsExactly("ConsistentInstructionCasing: Command 'LABEL' should match the case of the command"
                        + " majority (lowercase) (line 3)");
        assertThat(found("arg A\nARG B\nfrom scratch\nlabel a=b\n")).isEmpty();
    }

    @Test
    void duplicateStageName() {
        assertThat(found("FROM scratch AS a\nFROM scratch AS b\nFROM scratch AS a\n"))
                .containsExactly(
                        "DuplicateStageName: Duplicate stage name \"a\", stage names should be unique (line 3)");
    }

    @Test
    void reservedStageName() {
        assertThat(found("FROM scratch AS context\nFROM scratch AS scratch\nFROM scratch AS contexts\n"))
                .containsExactly(
                        "ReservedStageName: Stage name should not use the same name as reserved stage \"context\""
                                + " (line 1)",
                        "ReservedStageName: Stage name should not use the same name as reserved stage \"scratch\""
                                + " (line 2)");
    }

    @Test
    void jsonArgsRecommended() {
        assertThat(found("FROM scratch\nENTRYPOINT run\ncmd x y\n"))
                .contains(
                        "JSONArgsRecommended: JSON arguments recommended for ENTRYPOINT to prevent unintended behavior"
                                + " related to OS signals (line 2)",
                        "JSONArgsRecommended: JSON arguments recommended for cmd to prevent unintended behavior"
                                + " related to OS signals (line 3)");
        assertThat(found("FROM scratch\nCMD [\"a\"]\nENTRYPOINT [\"b\"]\n")).isEmpty();
        assertThat(found("FROM scratch\nSHELL [\"/bin/bash\", \"-c\"]\nCMD a\n"))
                .isEmpty();
        bases = (name, platform) -> Optional.of(new BaseFacts.Facts(Map.of(), List.of("/bin/ash", "-c"), AMD64));
        assertThat(found("FROM alpine\nCMD a\n")).isEmpty();
    }

    @Test
    void maintainerDeprecated() {
        assertThat(found("FROM scratch\nMAINTAINER me\nLABEL maintainer=me\n"))
                .containsExactly("MaintainerDeprecated: Maintainer instruction is deprecated in favor of using label"
                        + " (line 2)");
    }

    @Test
    void undefinedArgInFrom() {
        assertThat(found("ARG VERSION=3\nFROM alpine:${VERSOIN:-3}\nFROM --platform=$BULIDPLATFORM scratch\n"))
                .contains(
                        "UndefinedArgInFrom: FROM argument 'VERSOIN' is not declared (did you mean VERSION?) (line 2)",
                        "UndefinedArgInFrom: FROM argument 'BULIDPLATFORM' is not declared"
                                + " (did you mean BUILDPLATFORM?) (line 3)");
        assertThat(rules("ARG V\nFROM a:${V:-1}\nFROM --platform=$BUILDPLATFORM scratch AS x\n"))
                .doesNotContain("UndefinedArgInFrom");
    }

    @Test
    void workdirRelativePath() {
        assertThat(found("FROM scratch\nWORKDIR app\nWORKDIR src\n"))
                .containsExactly("WorkdirRelativePath: Relative workdir \"app\" can have unexpected results if the base"
                        + " image changes (line 2)");
        assertThat(found("FROM scratch AS a\nARG D=/x\nWORKDIR $D\nWORKDIR y\nFROM a\nWORKDIR z\n"))
                .isEmpty();
    }

    @Test
    void undefinedVar() {
        assertThat(found("""
                FROM scratch
                ARG NAME
                ARG WITH=x OTHER=$WITH$MISSING
                ENV VERSION=1 A=$VERSION
                COPY --chown=$USR:1 $NAME $VERSOIN ${X:-y} /
                LABEL $WITH=$PATH b=$A
                WORKDIR /$A
                CMD ["$NOTHING"]
                EXPOSE $PORT
                COPY <<EOF <<'RAW' /
                $DOCUMENT
                EOF
                $LITERAL
                RAW
                """))
                .containsExactlyInAnyOrder(
                        "UndefinedVar: Usage of undefined variable '$MISSING' (line 3)",
                        "UndefinedVar: Usage of undefined variable '$VERSION' (line 4)",
                        "UndefinedVar: Usage of undefined variable '$USR' (line 5)",
                        "UndefinedVar: Usage of undefined variable '$VERSOIN' (did you mean $VERSION?) (line 5)",
                        "UndefinedVar: Usage of undefined variable '$X' (did you mean $A?) (line 5)",
                        "UndefinedVar: Usage of undefined variable '$DOCUMENT' (line 10)");
    }

    @Test
    void undefinedVarKnowsWhatStagesAndImagesBring() {
        bases = (name, platform) -> name.equals("jdk")
                ? Optional.of(new BaseFacts.Facts(Map.of("JAVA_HOME", "/opt"), List.of(), AMD64))
                : Optional.empty();
        arguments = Map.of("GIVEN", "1");

        assertThat(found("FROM jdk AS a\nENV P=$JAVA_HOME\nONBUILD ENV T=1\nFROM a\nLABEL x=$P y=$JAVA_HOME z=$T\n"))
                .isEmpty();
        assertThat(found("FROM unknown\nENV P=$JAVA_HOME\n")).isEmpty();
        assertThat(found("FROM scratch\nENV P=$JAVA_HOME\nLABEL x=$GIVEN\n")).hasSize(2);
        assertThat(found("FROM scratch\nARG GIVEN=$NOT_EVEN_LOOKED_AT\nLABEL x=$GIVEN\n"))
                .isEmpty();
    }

    @Test
    void multipleInstructionsDisallowed() {
        assertThat(found("FROM scratch AS a\nCMD [\"a\"]\nCMD [\"b\"]\nENTRYPOINT [\"c\"]\nHEALTHCHECK NONE\n"
                        + "HEALTHCHECK CMD [\"d\"]\nFROM a\nCMD [\"e\"]\n"))
                .containsExactly(
                        "MultipleInstructionsDisallowed: Multiple CMD instructions should not be used in the same stage"
                                + " because only the last one will be used (line 2)",
                        "MultipleInstructionsDisallowed: Multiple HEALTHCHECK instructions should not be used in the"
                                + " same stage because only the last one will be used (line 5)");
    }

    @Test
    void legacyKeyValueFormat() {
        assertThat(found("FROM scratch\nENV a b\nLABEL c d e\nENV a=b\nLABEL c=\"d e\"\n"))
                .containsExactly(
                        "LegacyKeyValueFormat: \"ENV key=value\" should be used instead of legacy \"ENV key value\""
                                + " format (line 2)",
                        "LegacyKeyValueFormat: \"LABEL key=value\" should be used instead of legacy \"LABEL key"
                                + " value\" format (line 3)");
    }

    @Test
    void invalidBaseImagePlatform() {
        bases = (name, platform) ->
                Optional.of(new BaseFacts.Facts(Map.of(), List.of(), Platform.parse("linux/arm64")));

        assertThat(found("FROM busybox\nFROM --platform=linux/arm64 busybox AS arm64\n"))
                .containsExactly("InvalidBaseImagePlatform: Base image busybox was pulled with platform"
                        + " \"linux/arm64\", expected \"linux/amd64\" for current build (line 1)");
    }

    @Test
    void redundantTargetPlatform() {
        assertThat(found("FROM --platform=$TARGETPLATFORM scratch\nFROM --platform=$BUILDPLATFORM scratch\n"
                        + "FROM --platform=${TARGETOS}/${TARGETARCH} scratch\n"))
                .containsExactly("RedundantTargetPlatform: Setting platform to predefined $TARGETPLATFORM in FROM is"
                        + " redundant as this is the default behavior (line 1)");
    }

    @Test
    void secretsUsedInArgOrEnv() {
        assertThat(found("ARG TOKEN\nFROM scratch\nARG api_key PASSWORD_FILE\nENV AUTH=1 TOKENIZER=2 MY_SECRET=3\n"
                        + "ENV PUBLIC_KEY=a KEY_VERSION=b MONKEY=c\n"))
                .containsExactly(
                        "SecretsUsedInArgOrEnv: Do not use ARG or ENV instructions for sensitive data"
                                + " (ARG \"api_key\") (line 3)",
                        "SecretsUsedInArgOrEnv: Do not use ARG or ENV instructions for sensitive data"
                                + " (ENV \"AUTH\") (line 4)",
                        "SecretsUsedInArgOrEnv: Do not use ARG or ENV instructions for sensitive data"
                                + " (ENV \"MY_SECRET\") (line 4)");
    }

    @Test
    void invalidDefaultArgInFrom() {
        arguments = Map.of("TAG", "1", "NAME", "a");

        assertThat(found("ARG TAG\nARG NAME\nFROM busybox:$TAG\nFROM ${NAME}\nFROM busybox:${TAG:-latest}\n"
                        + "FROM busybox${TAG:+:$TAG}\n"))
                .containsExactly(
                        "InvalidDefaultArgInFrom: Default value for ARG busybox:$TAG results in empty or invalid base"
                                + " image name (line 3)",
                        "InvalidDefaultArgInFrom: Default value for ARG ${NAME} results in empty or invalid base"
                                + " image name (line 4)");
    }

    @Test
    void fromPlatformFlagConstDisallowed() {
        assertThat(found("FROM --platform=linux/amd64 scratch\nFROM --platform=linux/amd64 scratch AS build-amd64\n"
                        + "FROM --platform=linux/arm64 scratch AS linux\nFROM --platform=$BUILDPLATFORM scratch\n"))
                .containsExactly("FromPlatformFlagConstDisallowed: FROM --platform flag should not use constant value"
                        + " \"linux/amd64\" (line 1)");
    }

    @Test
    void copyIgnoredFile() {
        ignored = ignoring(Set.of("secret", "dist/x"), false, false);

        assertThat(found("FROM scratch AS a\nCOPY secret ./dist//x fine /\nADD /secret https://secret /\n"
                        + "COPY --from=a secret /x\nCOPY . /all\n"))
                .containsExactly(
                        "CopyIgnoredFile: Attempting to Copy file \"secret\" that is excluded by .dockerignore"
                                + " (line 2)",
                        "CopyIgnoredFile: Attempting to Copy file \"dist/x\" that is excluded by .dockerignore"
                                + " (line 2)",
                        "CopyIgnoredFile: Attempting to Add file \"secret\" that is excluded by .dockerignore"
                                + " (line 3)");
        ignored = ignoring(Set.of("secret"), true, false);
        assertThat(found("FROM scratch\nCOPY secret /\n")).isEmpty();
        ignored = ignoring(Set.of("."), false, true);
        assertThat(found("FROM scratch\nCOPY . /\n")).hasSize(1);
    }

    @Test
    void invalidDefinitionDescription() {
        String text = """
                # check=experimental=InvalidDefinitionDescription
                # VERSION is what is built
                ARG VERSION=1
                # whatever
                ARG OTHER
                # whatever
                ARG A B

                # not meant

                # base is where all begins
                FROM scratch AS base
                # wrong
                FROM scratch AS two
                # no name
                FROM scratch
                # at last
                #
                FROM scratch AS three
                """;
        assertThat(found(text))
                .containsExactly(
                        "InvalidDefinitionDescription: Comment for ARG should follow the format: `# OTHER"
                                + " <description>` (line 5)",
                        "InvalidDefinitionDescription: Comment for ARG should follow the format: `# <arg_key>"
                                + " <description>` (line 7)",
                        "InvalidDefinitionDescription: Comment for FROM should follow the format: `# two"
                                + " <description>` (line 14)");
        assertThat(found(text.substring(text.indexOf('\n') + 1))).isEmpty();
    }

    @Test
    void exposeProtoCasing() {
        assertThat(found("FROM scratch\nARG P=53/UDP\nEXPOSE 80/TcP 81/tcp $P 82\n"))
                .containsExactly(
                        "ExposeProtoCasing: Defined protocol '53/UDP' in EXPOSE instruction should be lowercase"
                                + " (line 3)",
                        "ExposeProtoCasing: Defined protocol '80/TcP' in EXPOSE instruction should be lowercase"
                                + " (line 3)");
    }

    @Test
    void exposeInvalidFormat() {
        assertThat(found("FROM scratch\nEXPOSE 127.0.0.1:80:80 8080:80 80 8000-8010\n"))
                .containsExactly(
                        "ExposeInvalidFormat: EXPOSE instruction should not define an IP address or host-port mapping,"
                                + " found '127.0.0.1:80:80' (line 2)",
                        "ExposeInvalidFormat: EXPOSE instruction should not define an IP address or host-port mapping,"
                                + " found '8080:80' (line 2)");
    }

    @Test
    void everyRuleHasItsTest() {
        assertThat(Rule.values()).hasSize(22);
        for (Rule rule : Rule.values()) {
            String method = rule.title().startsWith("JSON")
                    ? "jsonArgsRecommended"
                    : Character.toLowerCase(rule.title().charAt(0))
                            + rule.title().substring(1);
            assertThat(ChecksTest.class.getDeclaredMethods())
                    .anySatisfy(test -> assertThat(test.getName()).isEqualTo(method));
            assertThat(rule.hint()).endsWith(".");
        }
    }

    private static IgnoredPaths ignoring(Set<String> paths, boolean hasExceptions, boolean ignoresAll) {
        return new IgnoredPaths() {
            @Override
            public boolean ignores(String path) {
                return paths.contains(path);
            }

            @Override
            public boolean hasExceptions() {
                return hasExceptions;
            }

            @Override
            public boolean ignoresAll() {
                return ignoresAll;
            }
        };
    }

    private List<String> found(String text) {
        Report report = report(text);
        assertThat(report.error()).isEmpty();
        return report.warnings().stream().map(Warning::line).toList();
    }

    private List<String> rules(String text) {
        return report(text).warnings().stream()
                .map(warning -> warning.rule().title())
                .toList();
    }

    private Report report(String text) {
        return Checks.of(
                "Dockerfile", text, new Surroundings(HERE, arguments, Optional.empty(), bases, ignored, stage -> true));
    }
}
