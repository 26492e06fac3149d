/** Every text over some letters, up to so many. */
export const textsOver = (letters: string, most: number): readonly string[] => {
  let last = [''];
  const all = [...last];
  for (let length = 1; length <= most; length += 1) {
    last = last.flatMap((text) => [...letters].map((letter) => text + letter));
    all.push(...last);
  }
  return all;
};
