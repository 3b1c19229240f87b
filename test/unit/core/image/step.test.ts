import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stepOf } from '../../../../src/core/image/step.ts';

const hash = 'c4534403128de07a825fd77d092f40bf07e618be12bbe16a62f5a30a8329ee92';

describe('stepOf', () => {
  it.each([
    // BuildKit
    ['RUN /bin/sh -c npm ci # buildkit', 'RUN npm ci'],
    ['RUN |2 VERSION=1.2 TARGET=x /bin/sh -c make $TARGET # buildkit', 'RUN make $TARGET'],
    ['RUN |1 FLAGS=-O2 -g /bin/sh -c make # buildkit', 'RUN make'],
    ['RUN |1 A=b /bin/bash -o pipefail -c cat x | sh # buildkit', 'RUN /bin/bash -o pipefail -c cat x | sh'],
    ['RUN /bin/bash -eo pipefail -c true # buildkit', 'RUN /bin/bash -eo pipefail -c true'],
    ['RUN echo exec form # buildkit', 'RUN echo exec form'],
    ['RUN |1 A=b echo exec form # buildkit', 'RUN echo exec form'],
    ['RUN /bin/sh -c <<EOF\nset -e\nmake # all\nEOF # buildkit', 'RUN <<EOF\nset -e\nmake # all\nEOF'],
    ['COPY . /app # buildkit', 'COPY . /app'],
    [
      'COPY --chown=1000:1000 /out/tool /usr/bin/tool # buildkit',
      'COPY --chown=1000:1000 /out/tool /usr/bin/tool',
    ],
    ['ADD https://example.com/x.tar / # buildkit', 'ADD https://example.com/x.tar /'],
    ['WORKDIR /app', 'WORKDIR /app'],
    // the classic builder of Docker
    ['/bin/sh -c apt-get update', 'RUN apt-get update'],
    ['|1 VERSION=1.2 /bin/sh -c make', 'RUN make'],
    ['|0 /bin/sh -c make', 'RUN make'],
    [`/bin/sh -c #(nop) ADD file:${hash} in / `, 'ADD file in /'],
    [`/bin/sh -c #(nop) COPY dir:${hash} in /app `, 'COPY dir in /app'],
    [`/bin/sh -c #(nop) COPY multi:${hash} in /app/ `, 'COPY multi in /app/'],
    [`/bin/sh -c #(nop) COPY --chown=1:1 file:${hash} in /app `, 'COPY --chown=1:1 file in /app'],
    ['/bin/sh -c #(nop)  CMD ["bash"]', 'CMD ["bash"]'],
    ['/bin/sh -c #(nop) WORKDIR /app', 'WORKDIR /app'],
    ['/bin/bash -o pipefail -c #(nop)  ENV A=1', 'ENV A=1'],
    ['cmd /S /C #(nop) COPY file:0123 in C:\\app ', 'COPY file in C:\\app'],
    ['cmd /S /C echo hi', 'cmd /S /C echo hi'],
    ['|1 V=1 powershell -NoProfile -Command Get-Item .', 'RUN powershell -NoProfile -Command Get-Item .'],
    // Buildah
    [`/bin/sh -c #(nop) COPY --link file:${hash} in /x `, 'COPY --link file in /x'],
    ['/bin/sh -c sh tools/install.sh', 'RUN sh tools/install.sh'],
    ['|1 TAG=3 /bin/sh -c echo $TAG', 'RUN echo $TAG'],
    // Kaniko writes instructions as they are; others have words of their own
    ['RUN npm ci', 'RUN npm ci'],
    ['COPY package.json /app/', 'COPY package.json /app/'],
    ['umoci insert /etc', 'umoci insert /etc'],
    ['bazel build //app:image', 'bazel build //app:image'],
    // what is no mark stays
    ['COPY file:x in /y # buildkit', 'COPY file:x in /y'],
    ['RUN /bin/sh -c echo "# buildkit" # buildkit', 'RUN echo "# buildkit"'],
    ['/bin/sh -c echo file:00 in /x', 'RUN echo file:00 in /x'],
    ['|x not arguments', '|x not arguments'],
    ['|9 A=b', '|9 A=b'],
    ['', ''],
    ['   ', ''],
    [undefined, ''],
  ])('%j is %j', (createdBy, step) => {
    expect(stepOf(createdBy)).toBe(step);
  });

  const value = fc.string({ unit: fc.constantFrom(...'aB1 ./:-_=|"'), maxLength: 20 });
  const args = fc.array(fc.tuple(fc.stringMatching(/^[A-Z_]{1,6}$/), value), { minLength: 1, maxLength: 4 });

  it('is the same whatever the values of build arguments and the hashes of contents', () => {
    fc.assert(
      fc.property(args, args, (first, second) => {
        const [one, other] = [first, second].map(
          (list) =>
            `RUN |${list.length} ${list.map((pair) => pair.join('=')).join(' ')} /bin/sh -c make all # buildkit`,
        );
        // A value that looks like a further argument makes the count ambiguous: then only secrets must not leak.
        fc.pre([...first, ...second].every(([, text]) => !/(^|\s)\w+=/.test(text)));
        expect(stepOf(one)).toBe('RUN make all');
        expect(stepOf(other)).toBe('RUN make all');
      }),
    );
  });

  it('is its own step where nothing is left to drop', () => {
    const steps = ['RUN npm ci', 'COPY . /app', 'ADD file in /', 'CMD ["x"]', ''];
    for (const step of steps) expect(stepOf(step)).toBe(step);
  });

  it('takes long hostile texts in their stride', () => {
    for (const text of [
      '|9999999 A=',
      `|1 A=${' /bin/'.repeat(20_000)}`,
      `#(nop)${' '.repeat(100_000)}x`,
      '|'.repeat(1e5),
    ]) {
      expect(stepOf(text).length).toBeLessThanOrEqual(text.length + 4);
    }
  });
});
