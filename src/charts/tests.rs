//! Pictures of any data are pictures. With `WRITE_CHARTS=folder` they are written there, to be looked at.

use super::{Bars, Chart, Line, Lines, Row, Shade, Stroke, bars, lettering, lines};

fn drawn(name: &str, chart: Chart) -> (u32, u32, Vec<u8>) {
    let png = chart.png().unwrap();
    if let Some(folder) = std::env::var_os("WRITE_CHARTS") {
        std::fs::write(std::path::Path::new(&folder).join(format!("{name}.png")), &png).unwrap();
    }
    let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    (info.width, info.height, pixels)
}

/// The picture in letters, one for ten pixels by fifteen: of the shade that stands there, or `.` for words and lines.
fn sketch((wide, _, pixels): &(u32, u32, Vec<u8>)) -> String {
    const CELL: (usize, usize) = (10, 15);
    let shades = [(Shade::Quiet, 'q'), (Shade::Main, 'm'), (Shade::Deep, 'd'), (Shade::Other, 'o')];
    let letter = |pixel: &[u8]| match shades.iter().find(|(shade, _)| is(pixel, *shade)) {
        Some((_, letter)) => *letter,
        None if pixel.iter().all(|part| *part > 0xf0) => ' ',
        None => '.',
    };
    let lines: Vec<&[u8]> = pixels.chunks_exact(*wide as usize * 3).collect();
    let of_rows = |rows: &[&[u8]]| {
        let of_cell = |across: usize| {
            let cell = rows.iter().flat_map(|row| row[across * 3..].chunks_exact(3).take(CELL.0)).map(letter);
            // A shade before words, words before nothing.
            cell.max().unwrap_or(' ')
        };
        let line: String = (0..*wide as usize).step_by(CELL.0).map(of_cell).collect();
        line.trim_end().to_owned()
    };
    lines.chunks(CELL.1).map(of_rows).collect::<Vec<_>>().join("\n")
}

fn is(pixel: &[u8], shade: Shade) -> bool {
    let colour = shade.colour();
    pixel == [colour.0, colour.1, colour.2]
}

fn holds(pixels: &[u8], shade: Shade) -> bool {
    pixels.chunks_exact(3).any(|pixel| is(pixel, shade))
}

fn bars(labels: &[&str]) -> Bars {
    let shades = [Shade::Quiet, Shade::Main, Shade::Deep];
    let row = |(at, label): (usize, &&str)| Row {
        label: (*label).to_owned(),
        values: vec![((labels.len() - at) as f64 * 3.0, shades[at % 3])],
    };
    Bars {
        title: "Issues by status".to_owned(),
        note: "DEMO · 42 issues".to_owned(),
        legend: vec![("to do", Shade::Quiet), ("in progress", Shade::Main), ("done", Shade::Deep)],
        rows: labels.iter().enumerate().map(row).collect(),
    }
}

fn days(number: usize) -> Vec<String> {
    (0..number).map(|day| format!("{} Nov", day + 1)).collect()
}

fn line(name: &'static str, shade: Shade, stroke: Stroke, values: impl IntoIterator<Item = f64>) -> Line {
    Line { name, values: values.into_iter().map(Some).collect(), shade, stroke }
}

#[test]
fn bars_of_any_number_and_name() {
    let (_, low, pixels) = drawn("bars-1", Chart::Bars(bars(&["To Do"])));
    assert!(holds(&pixels, Shade::Quiet));
    let lines = pixels.chunks_exact(3 * 1000).filter(|line| holds(line, Shade::Quiet)).count();
    // Of the sign in the legend and of the bar, each without the line that fades out below it.
    assert_eq!(lines, 17 + 25);
    let five = ["To Do", "In Progress", "Ready for review", "Released", "Done"];
    let picture = drawn("bars-5", Chart::Bars(bars(&five)));
    insta::assert_snapshot!(sketch(&picture), @r"
    ......... ..............
    ......... ..............
    ......... ... ..........
    ...... ....
    ................

    qq .....  mmm...........   dd......
    qq .....  mmm...........   dd......

               ....... qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq ...
                ...... qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq ...

          ............ mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm ...
          ............ mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm ...

    .................. ddddddddddddddddddddddddddddddddddddddddddd..
    .................. ddddddddddddddddddddddddddddddddddddddddddd .
                       qqqqqqqqqqqqqqqqqqqqqqqqqqqqq
            .......... qqqqqqqqqqqqqqqqqqqqqqqqqqqqq..
            .......... qqqqqqqqqqqqqqqqqqqqqqqqqqqqq .
                       mmmmmmmmmmmmmmm
                ...... mmmmmmmmmmmmmmm..
                ...... mmmmmmmmmmmmmmm..
    ");
    let (wide, high, pixels) = picture;
    assert!(wide == 1000 && high > low);
    assert!(holds(&pixels, Shade::Main) && holds(&pixels, Shade::Deep));
    let names: Vec<String> = (0..40).map(|at| format!("Person number {at} of the team")).collect();
    let many: Vec<&str> = names.iter().map(String::as_str).collect();
    let (_, high, _) = drawn("bars-30", Chart::Bars(bars(&many)));
    assert!((1000..2000).contains(&high), "{high}: no more than 30 of the 40");
    let long = "Waiting for somebody of the other department to have a look at the contract";
    let odd = [long, "Готово к проверке", "Σε εξέλιξη", "進行中", "בבדיקה", "🎉🎉", "Done 🎉", "a\nb\tc", "", "مكتمل"];
    drawn("bars-odd", Chart::Bars(bars(&odd)));
    drawn("bars-none", Chart::Bars(bars(&[])));
    let mut zero = bars(&five);
    zero.rows.iter_mut().for_each(|row| row.values[0].0 = 0.0);
    drawn("bars-zero", Chart::Bars(zero));
    let mut pairs = bars(&["DEMO Sprint 1", "DEMO Sprint 2", "DEMO Sprint 3"]);
    pairs.title = "Velocity".to_owned();
    pairs.legend = vec![("committed", Shade::Quiet), ("done", Shade::Main)];
    pairs.rows.iter_mut().for_each(|row| row.values = vec![(21.0, Shade::Quiet), (17.5, Shade::Main)]);
    insta::assert_snapshot!(sketch(&drawn("bars-pairs", Chart::Bars(pairs))), @r"
    ...... .....
    ............
     ..... .....
    ...... ....
    ................

    qq ..........   mm......
    qq ..........   mm......

                    qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq ...
    ............... qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq ...
    ............... mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm.....
                    mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm.....

                    qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq ...
    ............... qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq ...
    ............... mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm.....
                    mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm.....

                    qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq ...
    ............... qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq ...
    ............... mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm.....
                    mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm.....
    ");
}

#[test]
fn lines_of_any_length() {
    let two = |count: usize, most: f64| Lines {
        title: "Created and resolved".to_owned(),
        note: format!("DEMO · {count} days"),
        days: days(count),
        lines: vec![
            line("created", Shade::Other, Stroke::Squares, (0..count).map(|at| (at * 7 % 5) as f64 * most / 5.0)),
            line("resolved", Shade::Main, Stroke::Dots, (0..count).map(|at| (at * 3 % 4) as f64 * most / 5.0)),
        ],
    };
    for (count, most) in [(1, 5.0), (7, 4.0), (30, 12.0), (60, 1234.0)] {
        let picture = drawn(&format!("lines-{count}"), Chart::Lines(two(count, most)));
        if count == 7 {
            insta::assert_snapshot!(sketch(&picture), @r"
            ............ ..... .............
            .................. .............
            ............ ..... .............
            ...... ....
            ..............
                       .
            ooooo........   mmmmm ........
            ooooo........   mmmmm ........

            ............................................................................................




                                           oo
            ..............................oooo..........................................................
            ..                          ooo  oo
                                       oo     oo
                                     ooo       oo
                            .mm.    oo.         oo                      .oo            .mm.
                           .mmmmmmooo            oo                    ooooo          .mmmmmm
            ..            .mm    oomm.            oo                 .oo  .oo        .mm    mmmm
            ..............mm...ooo..mmmm...........oo...............ooo.....oo.......mm........mmmm.....
                         mm   oo.      mmmm.        oo             oo       .oo    .mm            mmmm
                        mm  ooo           mmmm       oo          ooo         .oo  .mm                moo
                       mm  oo.               mmmm     oo        oo            .oo mm                .oo
                      mm ooo                    mmmm   oo     ooo              .omm                ooo
            ..       mm oo.                        mmmm oo   oo.                moo              .oo
            ........mmooo.............................mmmooooo.................mm.oo............ooo.....
                   mmoo.                                 moom                 mm  .oo         .oo
                  mooo                                      mmmm             mm    .oo       ooo
                 mooo                                         .mmmm         mm      .oo    .oo
                ooo                                              .mmmm     mm        .oo  ooo
            .. ooo                                                  .mmmm mm          .oooo
            ..oo........................................................mmm............ooo..............
            ......        ......         ......         ......         ......        ......         ......
            ......        ......         ......         ......         ......        ......         ......
            ");
        }
        let (wide, high, pixels) = picture;
        assert_eq!((wide, high), (1000, 600));
        assert!(holds(&pixels, Shade::Other) && holds(&pixels, Shade::Main), "{count}");
    }
    drawn("lines-zero", Chart::Lines(two(14, 0.0)));
    drawn("lines-none", Chart::Lines(two(0, 0.0)));
    let mut left = line("left", Shade::Main, Stroke::Dots, (0..14).map(|at| f64::from(34 - at * 2)));
    left.values[9..].fill(None);
    let ideal = line("even pace", Shade::Quiet, Stroke::Dashes, (0..14).map(|at| 34.0 * f64::from(13 - at) / 13.0));
    let burndown = Lines {
        title: "Burndown".into(),
        note: "DEMO Sprint 2 · DEMO board".into(),
        days: days(14),
        lines: vec![ideal, left],
    };
    insta::assert_snapshot!(sketch(&drawn("lines-burndown", Chart::Lines(burndown))), @r"
    ...............
    ...............
    ...............
    ........ . ..  .......    .
    ...........................
           .
    qqqqq..........   mmmmmm....
    qqqqq..........   mmmmmm....

    ...........................................................................................



       mmmqm
          qqqqmmm.
    ..........qqqqqmmmm........................................................................
    ...           qqqqmmmmmmm
                      qqqqqmmmmmm.
                          qqqqq mmmmmmm
                               qqqqq mmmmmmm
                                  .qqqq   .mmmmmmm
    ...                                qqqqq   mmmmmmmmm
    .......................................qqqqq......mmmmmm...................................
                                               qqqqq      .mmm
                                                   qqqqq
                                                       .qqqq.
                                                           qqqqq
    ...                                                        qqqqq.
    ...............................................................qqqqqq......................
                                                                       .qqqq.
                                                                            qqqqq
                                                                                qqqq
                                                                                    qqqqq
     ..                                                                                 qqqqq
     ........................................................................................q.
     . ....       ......        ......       ......       ......       .......      .......
     ......       ......        ......       . ....       ......       .......      .......
    ");
    // Values that make no sense are drawn somehow, and nothing breaks.
    let mut odd = two(3, 1.0);
    odd.lines[0].values = vec![Some(f64::NAN), Some(-3.0), None, Some(9.0)];
    odd.lines[1].values = vec![Some(f64::INFINITY)];
    drawn("lines-odd", Chart::Lines(odd));
}

#[test]
fn labels_fit_and_what_cannot_be_written_has_a_number() {
    let rows = |labels: &[&str]| {
        let row = |label: &&str| Row { label: (*label).to_owned(), values: vec![(1.0, Shade::Main)] };
        bars::labels(&labels.iter().map(row).collect::<Vec<_>>())
    };
    assert_eq!(
        rows(&["Done 🎉", "進行中", "Żółć", "בבדיקה", "a\u{202e}b", " "]),
        ["Done", "No. 2", "Żółć", "No. 4", "ab", "No. 6"]
    );
    let long = rows(&["Waiting for somebody of the other department to have a look"]).remove(0);
    assert!(long.ends_with('…') && lettering::width(&long, 24) <= 340.0, "{long}");
}

#[test]
fn days_keep_apart_and_ticks_are_round() {
    for count in [1, 2, 5, 14, 30, 60, 400] {
        let days = days(count);
        let at: Vec<usize> = lines::written(&days, 850).collect();
        assert_eq!(at[0], 0);
        let gap = 850.0 / (count.max(2) - 1) as f32;
        for pair in at.windows(2) {
            let between = (pair[1] - pair[0]) as f32 * gap;
            let words = (lettering::width(&days[pair[0]], 21) + lettering::width(&days[pair[1]], 21)) / 2.0;
            assert!(between > words + 5.0, "{count}: {} and {}", days[pair[0]], days[pair[1]]);
        }
    }
    assert_eq!(lines::ticks(0.0), [0.0, 1.0]);
    assert_eq!(lines::ticks(3.0), [0.0, 1.0, 2.0, 3.0]);
    assert_eq!(lines::ticks(34.0), [0.0, 10.0, 20.0, 30.0, 40.0]);
    for odd in [f64::NAN, f64::INFINITY, -4.0, 1e12] {
        assert!((2..12).contains(&lines::ticks(odd).len()), "{odd}");
    }
}
