package dev.longshore.builder.flags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.builder.dockerfile.DockerfileParser;
import dev.longshore.builder.dockerfile.Line;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransferFlagsTest {

    @Test
    void copyHasItsFlagsExpanded() {
        TransferFlags flags =
                read("COPY --from=x --chown=$A:1 --chmod=0750 --link --parents" + " --exclude=*.$A --exclude=b a b");

        assertThat(flags.from()).contains("x");
        assertThat(flags.owner()).contains("x:1");
        assertThat(flags.permissions()).contains(new Permissions.Octal(0750));
        assertThat(flags.isLinked()).isTrue();
        assertThat(flags.keepsParents()).isTrue();
        assertThat(flags.excluded()).containsExactly("*.x", "b");
        assertThat(flags.unpacks()).isEmpty();
    }

    @Test
    void addHasOthers() {
        TransferFlags flags = read("ADD --checksum=sha256:$A --keep-git-dir=false --unpack --link=false a b");

        assertThat(flags.checksum()).contains("sha256:x");
        assertThat(flags.keepsGitDirectory()).contains(false);
        assertThat(flags.unpacks()).contains(true);
        assertThat(flags.isLinked()).isFalse();
        assertThat(read("ADD a b").keepsGitDirectory()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "COPY --from=$X a b | variable expansion is not supported for --from, define a new stage with FROM using ARG from global scope as a workaround",
                "COPY --form=x a b | unknown flag: --form (did you mean from?)",
                "COPY --checksum=x a b | unknown flag: --checksum",
                "ADD --from=x a b | unknown flag: --from",
                "ADD --keep-git-dirs a b | unknown flag: --keep-git-dirs (did you mean keep-git-dir?)",
                "COPY --link=maybe a b | expecting boolean value for flag --link, not: maybe",
                "COPY --link= a b | missing a value on flag: --link",
                "COPY --chown a b | missing a value on flag: --chown",
                "COPY --chown=1 --chown=2 a b | duplicate flag specified: --chown",
                "COPY --chmod=0999 a b | invalid chmod parameter: '0999'. it should be octal string and between 0 and 07777",
                "COPY --chmod=17777 a b | invalid chmod parameter: '17777'. it should be octal string and between 0 and 07777",
                "COPY --chmod=u=rwz a b | invalid chmod parameter: 'u=rwz'. it should be octal string and between 0 and 07777, or changes such as u=rwX,go-w",
            })
    void flagsThatCannotBeSayWhy(String text, String why) {
        assertThatThrownBy(() -> read(text)).hasMessage("Dockerfile:1: " + why);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "755 | 000 | false | 755",
                "00755 | 000 | false | 755",
                "u=rwX,go=rX | 600 | false | 644",
                "u=rwX,go=rX | 600 | true | 755",
                "u=rwX,go=rX | 610 | false | 755",
                "+x | 644 | false | 755",
                "a-w | 777 | false | 555",
                "go= | 777 | false | 700",
                "g=u | 740 | false | 770",
                "o+t,g+s,u+s | 755 | true | 7755",
                "u-s | 4755 | false | 755",
                "u+r-w | 200 | false | 400",
                "ug+rw | 000 | false | 660",
                "= | 777 | false | 0",
            })
    void permissionsChangeAsChmodChangesThem(String text, String before, boolean isDirectory, String after) {
        int bits = Permissions.parse(text).applied(Integer.parseInt(before, 8), isDirectory);

        assertThat(Integer.toOctalString(bits)).isEqualTo(after);
    }

    private static TransferFlags read(String text) {
        Line line = DockerfileParser.parse("Dockerfile", text + "\n", Set.of("COPY", "ADD"))
                .getFirst();
        TransferFlags.check(line);
        return TransferFlags.of(line, word -> word.replace("$A", "x"));
    }
}
