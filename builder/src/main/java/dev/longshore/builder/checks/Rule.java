package dev.longshore.builder.checks;

/// The rules there are, with BuildKit's names and descriptions.
public enum Rule {
    STAGE_NAME_CASING(
            "StageNameCasing",
            "Stage names should be lowercase",
            "Write the name in lower case: stages are found in any case, so two spellings are one stage."),
    FROM_AS_CASING(
            "FromAsCasing",
            "The 'as' keyword should match the case of the 'from' keyword",
            "Write FROM … AS or from … as."),
    NO_EMPTY_CONTINUATION(
            "NoEmptyContinuation",
            "Empty continuation lines will become errors in a future release",
            "Delete the empty line within the instruction, or make it a comment."),
    CONSISTENT_INSTRUCTION_CASING(
            "ConsistentInstructionCasing",
            "All commands within the Dockerfile should use the same casing (either upper or lower)",
            "Write every instruction in the case that most of them have."),
    DUPLICATE_STAGE_NAME(
            "DuplicateStageName",
            "Stage names should be unique",
            "Give the stages different names: the later one hides the earlier."),
    RESERVED_STAGE_NAME(
            "ReservedStageName",
            "Reserved words should not be used as stage names",
            "Choose another name: scratch and context already mean something."),
    JSON_ARGS_RECOMMENDED(
            "JSONArgsRecommended",
            "JSON arguments recommended for ENTRYPOINT/CMD to prevent unintended behavior related to OS signals",
            "Write [\"program\", \"argument\"]: a shell in between does not pass signals on. Who wants a shell says so"
                    + " with SHELL."),
    MAINTAINER_DEPRECATED(
            "MaintainerDeprecated",
            "The MAINTAINER instruction is deprecated, use a label instead to define an image author",
            "Write LABEL org.opencontainers.image.authors=\"…\"."),
    UNDEFINED_ARG_IN_FROM(
            "UndefinedArgInFrom", "FROM command must use declared ARGs", "Declare the argument before the first FROM."),
    WORKDIR_RELATIVE_PATH(
            "WorkdirRelativePath",
            "Relative workdir without an absolute workdir declared within the build can have unexpected results if"
                    + " the base image changes",
            "Begin with an absolute WORKDIR."),
    UNDEFINED_VAR(
            "UndefinedVar",
            "Variables should be defined before their use",
            "Declare it with ARG or ENV in this stage, before this line: other stages do not see it."),
    MULTIPLE_INSTRUCTIONS_DISALLOWED(
            "MultipleInstructionsDisallowed",
            "Multiple instructions of the same type should not be used in the same stage",
            "Delete this one: only the last counts."),
    LEGACY_KEY_VALUE_FORMAT(
            "LegacyKeyValueFormat",
            "Legacy key/value format with whitespace separator should not be used",
            "Write name=value; quote the value if it has spaces."),
    INVALID_BASE_IMAGE_PLATFORM(
            "InvalidBaseImagePlatform",
            "Base image platform does not match expected target platform",
            "Ask for the image's own platform with --platform, or take an image for the one you build for."),
    REDUNDANT_TARGET_PLATFORM(
            "RedundantTargetPlatform",
            "Setting platform to predefined $TARGETPLATFORM in FROM is redundant as this is the default behavior",
            "Leave --platform out."),
    SECRETS_USED_IN_ARG_OR_ENV(
            "SecretsUsedInArgOrEnv",
            "Sensitive data should not be used in the ARG or ENV commands",
            "Use RUN --mount=type=secret: arguments and variables stay readable in the image."),
    INVALID_DEFAULT_ARG_IN_FROM(
            "InvalidDefaultArgInFrom",
            "Default value for global ARG results in an empty or invalid base image name",
            "Give the argument a default that makes a valid name, or use ${NAME:-default} in FROM."),
    FROM_PLATFORM_FLAG_CONST_DISALLOWED(
            "FromPlatformFlagConstDisallowed",
            "FROM --platform flag should not use a constant value",
            "Leave --platform out or use $BUILDPLATFORM; a stage that is for one platform has it in its name."),
    COPY_IGNORED_FILE(
            "CopyIgnoredFile",
            "Attempting to Copy file that is excluded by .dockerignore",
            "Take the file out of .dockerignore, or do not copy it."),
    INVALID_DEFINITION_DESCRIPTION(
            "InvalidDefinitionDescription",
            "Comment for build stage or argument should follow the format: `# <arg/stage name> <description>`. If this"
                    + " is not intended to be a description comment, add an empty line or comment between the"
                    + " instruction and the comment.",
            "Begin the comment with the name, or leave a line empty below it."),
    EXPOSE_PROTO_CASING(
            "ExposeProtoCasing", "Protocol in EXPOSE instruction should be lowercase", "Write tcp, udp or sctp."),
    EXPOSE_INVALID_FORMAT(
            "ExposeInvalidFormat",
            "IP address and host-port mapping should not be used in EXPOSE instruction. This will become an error in a"
                    + " future release",
            "Name the container's port alone; whoever runs it publishes it with -p.");

    private static final String PAGES = "https://docs.docker.com/go/dockerfile/rule/";

    private final String title;
    private final String description;
    private final String hint;

    Rule(String title, String description, String hint) {
        this.title = title;
        this.description = description;
        this.hint = hint;
    }

    /// Its name, as directives use it.
    public String title() {
        return title;
    }

    /// What it asks for.
    public String description() {
        return description;
    }

    /// What to do about it.
    public String hint() {
        return hint;
    }

    /// Where it is explained; empty where it is not.
    public String page() {
        return this == INVALID_BASE_IMAGE_PLATFORM
                ? ""
                : PAGES + name().toLowerCase(java.util.Locale.ROOT).replace('_', '-') + "/";
    }

    /// True if it is only looked at where somebody asks for it.
    public boolean isExperimental() {
        return this == INVALID_DEFINITION_DESCRIPTION;
    }
}
