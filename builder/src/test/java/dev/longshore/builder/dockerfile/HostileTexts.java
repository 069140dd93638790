package dev.longshore.builder.dockerfile;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/// Texts made of the pieces that Dockerfiles are made of, in no order that makes sense.
public final class HostileTexts {

    private static final List<String> PIECES = List.of(
            "FROM ",
            "from ",
            "RUN ",
            "COPY ",
            "ADD ",
            "ENV ",
            "ARG ",
            "CMD ",
            "LABEL ",
            "ONBUILD ",
            "HEALTHCHECK ",
            "EXPOSE ",
            "VOLUME ",
            "WORKDIR ",
            "SHELL ",
            "ENTRYPOINT ",
            "USER ",
            "STOPSIGNAL ",
            "MAINTAINER ",
            "NONSENSE ",
            "scratch",
            "AS ",
            "--from=",
            "--mount=type=cache,target=/x ",
            "--mount=",
            "--chmod=",
            "--platform=",
            "-- ",
            "--",
            "<<EOF",
            "<<-E ",
            "<<'A B'",
            "<<\"Q\"",
            "EOF\n",
            "\n",
            "\n",
            "\n\n",
            "\r\n",
            " ",
            "\t",
            "\\",
            "\\\n",
            "`",
            "`\n",
            "# ",
            "#\n",
            "# escape=`\n",
            "# check=skip=all\n",
            "# syntax=x\n",
            "#!x\n",
            "$",
            "$A",
            "${",
            "}",
            "${A:-",
            "${A#*",
            "${A//",
            "/",
            "${A:?",
            "${A:+",
            "'",
            "\"",
            "[",
            "]",
            "[\"a\"]",
            "[1]",
            "{",
            ",",
            ":",
            ";",
            "=",
            "a=b ",
            "A",
            "b",
            "*",
            "?",
            "%",
            "0",
            "9",
            "ü",
            "🐳",
            "\u0000",
            "\u00a0",
            "\ufeff",
            "x y",
            "1s",
            "/tcp");

    private HostileTexts() {}

    /// Whole files.
    public static Arbitrary<String> files() {
        return texts(60);
    }

    /// Texts of at most so many pieces.
    public static Arbitrary<String> texts(int pieces) {
        return Arbitraries.of(PIECES).list().ofMaxSize(pieces).map(list -> String.join("", list));
    }
}
