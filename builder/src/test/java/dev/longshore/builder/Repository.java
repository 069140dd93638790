package dev.longshore.builder;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A git repository made by a test.
record Repository(Path work) {

    static Repository of(Path work) throws IOException, InterruptedException {
        var repository = new Repository(work);
        repository.git("init", "-q", "-b", "main");
        return repository;
    }

    /// Everything as it is now.
    Repository commit(String message) throws IOException, InterruptedException {
        git("add", ".");
        git("commit", "-q", "-m", message);
        return this;
    }

    /// Puts it at `bare`, to be served as plain files.
    void serve(Path bare) throws IOException, InterruptedException {
        git("clone", "-q", "--bare", ".", bare.toString());
        new Repository(bare).git("update-server-info");
    }

    String git(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(
                List.of("git", "-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .directory(work.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }
}
