package dev.longshore.builder.checks;

import dev.longshore.builder.dockerfile.Dockerfile;
import dev.longshore.builder.dockerfile.DockerfileException;
import dev.longshore.builder.dockerfile.DockerfileParser;
import dev.longshore.builder.dockerfile.Source;
import java.util.List;
import java.util.Optional;

/// Every build check there is. To add one, write its file, give it a [Rule], and list it here.
public final class Checks {

    private static final List<Check> ALL = List.of(
            new StageNameCasing(),
            new FromAsCasing(),
            new NoEmptyContinuation(),
            new ConsistentInstructionCasing(),
            new DuplicateStageName(),
            new ReservedStageName(),
            new JsonArgsRecommended(),
            new MaintainerDeprecated(),
            new UndefinedArgInFrom(),
            new WorkdirRelativePath(),
            new UndefinedVar(),
            new MultipleInstructionsDisallowed(),
            new LegacyKeyValueFormat(),
            new InvalidBaseImagePlatform(),
            new RedundantTargetPlatform(),
            new SecretsUsedInArgOrEnv(),
            new InvalidDefaultArgInFrom(),
            new FromPlatformFlagConstDisallowed(),
            new CopyIgnoredFile(),
            new InvalidDefinitionDescription(),
            new ExposeProtoCasing(),
            new ExposeInvalidFormat());

    private Checks() {}

    /// Checks `text`, the file called `file`. Does nothing else; what is wrong with the file is in the report, too.
    public static Report of(String file, String text, Surroundings surroundings) {
        Dockerfile read;
        try {
            read = DockerfileParser.read(file, text);
        } catch (DockerfileException wrong) {
            return new Report(Source.of(file, text), List.of(), Optional.of(wrong), false);
        }
        return of(read, surroundings);
    }

    /// Checks `file`.
    public static Report of(Dockerfile file, Surroundings surroundings) {
        Findings findings = new Findings(CheckOptions.DEFAULT);
        boolean failsBuild = false;
        Optional<DockerfileException> error = Optional.empty();
        try {
            CheckOptions options = CheckOptions.of(
                    file, Optional.ofNullable(surroundings.arguments().get(Surroundings.OPTIONS)));
            failsBuild = options.failsBuild();
            findings = new Findings(options);
            new Walk(ALL, surroundings, findings).through(file);
        } catch (DockerfileException wrong) {
            error = Optional.of(wrong);
        }
        return new Report(file.source(), findings.all(), error, failsBuild);
    }
}
